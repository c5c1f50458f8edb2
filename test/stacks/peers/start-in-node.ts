/** Starts the peer in a Node thread, which cannot run TypeScript: it is bundled before. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { rolldown } from 'rolldown'
import type { Started } from './start-in-browser.ts'

let bundled: Promise<string> | undefined

async function bundlePeer(): Promise<string> {
  const dir = mkdtempSync(join(tmpdir(), 'portcall-stacks-'))
  process.once('exit', () => rmSync(dir, { recursive: true, force: true }))
  const bundle = await rolldown({
    input: fileURLToPath(new URL('./peer.ts', import.meta.url)),
    platform: 'node',
  })
  await bundle.write({ dir, format: 'esm', entryFileNames: 'peer.mjs' })
  await bundle.close()
  return join(dir, 'peer.mjs')
}

export async function start(): Promise<Started> {
  const endpoint = new Worker(await (bundled ??= bundlePeer()))
  return { endpoint, stop: () => void endpoint.terminate() }
}
