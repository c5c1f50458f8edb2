/** A thread that runs the real rpc-shooter, over the port that it is given or over its own. */
import { parentPort, workerData } from 'node:worker_threads'
import * as shooter from 'rpc-shooter'

interface Their {
  registerMethod(method: string, handler: (...args: never[]) => unknown): void
  invoke(method: string, ...args: unknown[]): Promise<unknown>
}

type NewEvents = new (options: object) => object
type NewRPC = new (options: object) => Their

const { RPCMessageEvent, RPC } = shooter as unknown as {
  readonly RPCMessageEvent: NewEvents
  readonly RPC: NewRPC
}

const { late } = workerData as { readonly late: number }
setTimeout(() => {
  const event = new RPCMessageEvent({ currentEndpoint: parentPort, targetEndpoint: parentPort })
  const rpc: Their = new RPC({ event })
  rpc.registerMethod('add', (a: number, b: number) => a + b)
  rpc.registerMethod('hang', () => new Promise(() => {}))
  rpc.registerMethod('exit', () => process.exit(3))
  rpc.registerMethod('relay', (method: string, ...args: unknown[]) => rpc.invoke(method, ...args))
}, late)
