import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { bundleScripts } from '../process/scripts.ts'

/** The server in a thread of its own, which nothing that a test leaves open outlives. */
export async function listenInThread(): Promise<{ readonly url: string; close(): void }> {
  const folder = fileURLToPath(new URL('./threads/', import.meta.url))
  const scripts = await bundleScripts(folder, ['server'])
  const worker = new Worker(scripts.path('server'))
  const [url] = (await once(worker, 'message')) as [string]
  scripts.remove()
  return { url, close: () => void worker.terminate() }
}
