/** Starts a peer in a Node thread, which cannot run TypeScript: it is bundled before. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { rolldown } from 'rolldown'
import type { PeerName, Started } from './start-in-browser.ts'

const bundles = new Map<PeerName, Promise<string>>()

async function bundlePeer(name: PeerName): Promise<string> {
  const dir = mkdtempSync(join(tmpdir(), 'portcall-stacks-'))
  process.once('exit', () => rmSync(dir, { recursive: true, force: true }))
  const bundle = await rolldown({
    input: fileURLToPath(new URL(`./${name}.ts`, import.meta.url)),
    platform: 'node',
  })
  await bundle.write({ dir, format: 'esm', entryFileNames: 'peer.mjs' })
  await bundle.close()
  return join(dir, 'peer.mjs')
}

export async function start(name: PeerName): Promise<Started> {
  const bundle = bundles.get(name) ?? bundlePeer(name)
  bundles.set(name, bundle)
  const endpoint = new Worker(await bundle)
  return { endpoint, stop: () => void endpoint.terminate() }
}
