/** A service worker that serves all its clients, and tells of them. */
import { serve } from '../../../src/entries/service-worker.ts'
import { callContext, type RPC } from '../../../src/index.ts'

const scope = self as unknown as { skipWaiting(): void; readonly clients: { claim(): Promise<void> } }
addEventListener('install', () => scope.skipWaiting())
addEventListener('activate', (event) => {
  ;(event as Event & { waitUntil(until: unknown): void }).waitUntil(scope.clients.claim())
})

let left = 0
const noted: unknown[] = []
const aborted: string[] = []

const server = serve(
  {
    clients: () => server.clients.size,
    left: () => left,
    aborted: () => aborted,
    note: (entry: unknown) => noted.push(entry),
    noted: () => noted,
    shout: (text: string) => server.broadcast('told', [text]),
    askAll: (method: string) => Promise.all([...server.clients].map((rpc) => rpc.invoke(method))),
    hang(name: string) {
      callContext().signal.addEventListener('abort', () => aborted.push(name))
      return new Promise(() => {})
    },
    stop: () => server.close(),
  },
  { onClient: (_: RPC, gone: Promise<void>) => void gone.then(() => left++) },
)
