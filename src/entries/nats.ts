/** The entry `portcall/nats`: methods served at subjects of a NATS broker, by queue groups of processes. */
import { type CallNats, createCallNats } from '../adapters/nats/calls.ts'
import { createServeNats, type ServeNats } from '../adapters/nats/service.ts'
import { type RPC, makeRPC } from '../api/preset-rpc.ts'

export type { NatsCallOptions } from '../adapters/nats/calls.ts'
export type { NatsService, NatsServiceOptions } from '../adapters/nats/service.ts'
export { type NatsOptions, natsTransport } from '../adapters/nats/session.ts'
export type { NatsConnectionLike, NatsMessageLike } from '../adapters/nats/wire.ts'

/** Call those who serve a subject. */
export const callNats: CallNats<RPC> = /* @__PURE__ */ createCallNats(makeRPC)

/** Serve methods at a subject. */
export const serveNats: ServeNats<RPC> = /* @__PURE__ */ createServeNats(makeRPC)
