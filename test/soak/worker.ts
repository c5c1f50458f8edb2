/** A worker of the soak: it serves, and calls back. */
import { expose, wrap } from '../../src/index.ts'
import { createService, type Service } from './work.ts'

const tell = (what: string, error: unknown): void => {
  // oxlint-disable-next-line no-console -- what a page's owner sees
  console.error(`soak: ${what} in a worker: ${String(error)}`)
}
addEventListener('unhandledrejection', ({ reason }) => tell('unhandled', reason))
addEventListener('error', ({ message }) => tell('error', message))

const owner = globalThis as unknown as DedicatedWorker
interface DedicatedWorker {
  postMessage(message: unknown): void
  close(): void
}

const remote = wrap<Service>(owner)
expose({ ...createService(() => remote), close: () => owner.close() }, owner)
