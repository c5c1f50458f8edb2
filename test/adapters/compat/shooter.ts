/** The real rpc-shooter 0.0.14, whose declarations its `exports` do not name, with endpoints of any kind. */
import * as shooter from 'rpc-shooter'
import { onTestFinished } from 'vitest'

type Handler = (...args: never[]) => unknown

/** What of its RPCMessageEvent is used here. */
export interface TheirEvents {
  emit(event: string, ...args: unknown[]): void
  on(event: string, fn: Handler): void
  off(event: string, fn?: Handler): void
  destroy(): void
}

/** What of its RPC is used here. */
export interface TheirRPC {
  registerMethod(method: string, handler: Handler): void
  removeMethod(method: string): void
  invoke(method: string, ...args: unknown[]): Promise<unknown>
  connect(timeout?: number): Promise<void>
  destroy(): void
}

type NewEvents = new (options: { currentEndpoint: object; targetEndpoint: object }) => TheirEvents
type NewRPC = new (options: { event: TheirEvents; methods?: object; timeout?: number }) => TheirRPC

const { RPCMessageEvent: Events, RPC } = shooter as unknown as {
  readonly RPCMessageEvent: NewEvents
  readonly RPC: NewRPC
}

export const theirEvents = (port: object): TheirEvents =>
  new Events({ currentEndpoint: port, targetEndpoint: port })

/** Its RPC over a port, until the test ends. */
export function theirRPC(port: object, methods: object = {}, timeout = 0): TheirRPC {
  const rpc = new RPC({ event: theirEvents(port), methods, timeout })
  onTestFinished(() => rpc.destroy())
  return rpc
}
