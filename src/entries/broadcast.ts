/** The entry `portcall/broadcast`: a bus over a BroadcastChannel. */
import { type BroadcastBus, createBroadcastBus } from '../adapters/broadcast/bus.ts'
import { type RPC, makeRPC } from '../api/preset-rpc.ts'

export type { Bus, BusAnswer, BusOptions } from '../adapters/broadcast/bus.ts'
export type { BusPeer } from '../adapters/broadcast/known-peers.ts'

/** Join a bus. */
export const broadcastBus: BroadcastBus<RPC> = /* @__PURE__ */ createBroadcastBus(makeRPC)
