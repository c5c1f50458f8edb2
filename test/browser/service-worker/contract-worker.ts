/** Runs for each client what that asks for last, by `{ run: kind }`. */
import { type ClientLike, serviceWorkerTransport } from '../../../src/entries/service-worker.ts'
import type { Kind } from '../../contract/fixture.ts'
import { type Behind, run } from '../../windows/medium.ts'

const running = new Map<string, Behind>()

addEventListener('message', ({ data, source }: MessageEvent<{ run?: Kind }>) => {
  const client = source as unknown as ClientLike
  if (!data.run) return
  running.get(client.id)?.stop()
  running.set(client.id, run(data.run, serviceWorkerTransport(client)))
  client.postMessage({ runs: data.run })
})
