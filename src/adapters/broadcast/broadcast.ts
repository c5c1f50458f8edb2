/** The entry `portcall/core/broadcast`: a bus over a BroadcastChannel. */
import { type CoreRPC, makeCoreRPC } from '../../api/core-rpc.ts'
import { type BroadcastBus, createBroadcastBus } from './bus.ts'

export type { Bus, BusAnswer, BusOptions } from './bus.ts'
export type { BusPeer } from './known-peers.ts'

/** Join a bus, with the features that are listed by `use`. */
export const broadcastBus: BroadcastBus<CoreRPC> = /* @__PURE__ */ createBroadcastBus(makeCoreRPC)
