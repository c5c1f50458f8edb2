/** A page that keeps one RPC to its service worker, and what became of it. */
import { serviceWorkerTransport } from '../../../../src/entries/service-worker.ts'
import { RPC } from '../../../../src/index.ts'

export interface Fate {
  readonly code: unknown
  readonly message: unknown
}

interface Counts {
  readonly held: number
  readonly pending: number
}

const states: string[] = []
const fates: Fate[] = []
const registration = await navigator.serviceWorker.register('/worker.js', { type: 'module' })
const rpc = new RPC({ transport: serviceWorkerTransport(), methods: { who: () => 'the page' } })
rpc.onPeer((state) => states.push(state))

const page = {
  invoke: (method: string, ...params: unknown[]): Promise<unknown> => rpc.invoke(method, params),
  /** Calls and does not wait. */
  hang: async (): Promise<void> => {
    rpc.invoke('hang').catch(({ code, message }: Fate) => fates.push({ code, message }))
    await rpc.invoke('instance')
  },
  update: async (): Promise<void> => void (await registration.update()),
  unregister: () => registration.unregister(),
  locks: async (): Promise<Counts> => {
    const { held = [], pending = [] } = await navigator.locks.query()
    return { held: held.length, pending: pending.length }
  },
  fates,
  states,
}

declare global {
  var page: {
    readonly invoke: (method: string, ...params: unknown[]) => Promise<unknown>
    readonly hang: () => Promise<void>
    readonly update: () => Promise<void>
    readonly unregister: () => Promise<boolean>
    readonly locks: () => Promise<Counts>
    readonly fates: readonly Fate[]
    readonly states: readonly string[]
  }
}

await rpc.connect()
globalThis.page = page
