import type * as threads from 'node:worker_threads'
import type { Endpoint } from '../../../src/index.ts'

interface WorkerScope extends Endpoint {
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void
}

const scope = globalThis as unknown as { readonly DedicatedWorkerGlobalScope?: unknown } & WorkerScope

const isBrowser = scope.DedicatedWorkerGlobalScope !== undefined

const parentPort = (): threads.MessagePort => {
  const { parentPort: port } = process.getBuiltinModule('node:worker_threads')
  if (!port) throw new Error('This is not a worker')
  return port
}

/** Where this script hears its owner: a browser worker's `self`, a Node thread's `parentPort`. */
export const host: Endpoint = isBrowser ? scope : parentPort()

/** Listen as somebody does who has never heard of portcall. */
export function onMessage(listener: (data: unknown) => void): void {
  if (isBrowser) scope.addEventListener('message', ({ data }) => listener(data))
  else parentPort().on('message', listener)
}

/** The one deliberate sleep of the contract suite. */
export const late = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 400))
