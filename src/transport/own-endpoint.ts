/** What a worker or thread speaks to its owner through. */
import type { Endpoint } from './endpoint.ts'

interface WorkerScope {
  readonly DedicatedWorkerGlobalScope?: unknown
  readonly process?: { getBuiltinModule?(id: string): { readonly parentPort?: Endpoint | null } | undefined }
}

/** Whether that is the `self` of a dedicated worker. */
export function isWorkerScope(value: object): boolean {
  const { DedicatedWorkerGlobalScope: Scope } = globalThis as WorkerScope
  return typeof Scope === 'function' && value instanceof Scope
}

let standIn: Endpoint | undefined

/** For the test of a worker's file: what stands for the endpoint of a worker that it does not run in. */
export const standInForOwn = (endpoint: Endpoint | undefined): void => void (standIn = endpoint)

/** A worker's `self`, a thread's `parentPort`, undefined elsewhere. Found without any import that a bundler must resolve. */
export function ownEndpoint(): Endpoint | undefined {
  if (standIn) return standIn
  if (isWorkerScope(globalThis)) return globalThis as unknown as Endpoint
  const { process } = globalThis as WorkerScope
  return process?.getBuiltinModule?.('node:worker_threads')?.parentPort ?? undefined
}
