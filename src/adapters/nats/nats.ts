/** The entry `portcall/core/nats`: methods served at subjects of a NATS broker, by queue groups of processes. */
import { type CoreRPC, makeCoreRPC } from '../../api/core-rpc.ts'
import { type CallNats, createCallNats } from './calls.ts'
import { createServeNats, type ServeNats } from './service.ts'

export type { NatsCallOptions } from './calls.ts'
export type { NatsService, NatsServiceOptions } from './service.ts'
export { type NatsOptions, natsTransport } from './session.ts'
export type { NatsConnectionLike, NatsMessageLike } from './wire.ts'

/** Call those who serve a subject, with the features that are listed by `use`. */
export const callNats: CallNats<CoreRPC> = /* @__PURE__ */ createCallNats(makeCoreRPC)

/** Serve methods at a subject, with the features that are listed by `use`. */
export const serveNats: ServeNats<CoreRPC> = /* @__PURE__ */ createServeNats(makeCoreRPC)
