/** C34: inside a worker or thread, `wrap` needs no endpoint, so that TypeScript's `self` need not be told from a window. */
import { Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'
import { expose, rpcOf, wrap } from '../../src/index.ts'
import { bundleScripts } from '../adapters/process/scripts.ts'

test('C34: wrap() and expose(api) in a thread speak with its owner', async () => {
  const scripts = await bundleScripts(new URL('./threads', import.meta.url).pathname, ['own'])
  const thread = new Worker(scripts.path('own'))
  try {
    expose({ name: () => 'owner' }, thread)
    const remote = wrap<{ greet(): string }>(thread)
    expect(await remote.greet()).toBe('owner and owner')
    rpcOf(remote).destroy()
  } finally {
    await thread.terminate()
    scripts.remove()
  }
})
