/** Methods served at subjects of a NATS broker, by queue groups of processes. The entry `portcall/nats`. */
export { callNats, type NatsCallOptions } from './calls.ts'
export { type NatsService, type NatsServiceOptions, serveNats } from './service.ts'
export { type NatsOptions, natsTransport } from './session.ts'
export type { NatsConnectionLike, NatsMessageLike } from './wire.ts'
