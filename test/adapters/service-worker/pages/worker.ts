/** A service worker that knows which instance it is, and of which version. */
import { serve } from '../../../../src/entries/service-worker.ts'

declare const VERSION: string

const scope = self as unknown as { skipWaiting(): void; readonly clients: { claim(): Promise<void> } }
addEventListener('install', () => scope.skipWaiting())
addEventListener('activate', (event) => {
  ;(event as Event & { waitUntil(until: unknown): void }).waitUntil(scope.clients.claim())
})

const instance = crypto.randomUUID()
let calls = 0

const server = serve({
  instance: () => instance,
  version: () => VERSION,
  count: () => ++calls,
  hang: () => new Promise(() => {}),
  clients: () => server.clients.size,
  askAll: (method: string) => Promise.all([...server.clients].map((rpc) => rpc.invoke(method))),
})
