/** `portcall/core` in a context of the language alone (C52). */
import { createContext, runInContext } from 'node:vm'
import { MessageChannel } from 'node:worker_threads'
import { expect, onTestFinished, test } from 'vitest'
import { references, RPC, signals, streams } from '../../src/core.ts'
import { bundled } from './bundled.ts'
import { NAMES } from './served.ts'

interface Inside {
  readonly core: { readonly serve: (port: unknown, all: boolean) => { destroy(): void } }
}

async function connect(isFull: boolean): Promise<RPC> {
  const context = createContext({})
  runInContext(`for (const name of ${JSON.stringify(NAMES)}) delete globalThis[name]`, context)
  runInContext(await bundled('core-script.ts'), context)
  const { port1, port2 } = new MessageChannel()
  const inner = (context as unknown as Inside).core.serve(port2, isFull)
  const rpc = new RPC({ transport: port1, ...(isFull && { use: [references, signals, streams] }) })
  onTestFinished(() => {
    rpc.destroy()
    inner.destroy()
    port1.close()
  })
  return rpc
}

test('C52: core alone: calls, cancels, and what could not be read there', async () => {
  const rpc = await connect(false)
  expect(await rpc.invoke('add', [1, 2])).toBe(3)
  const controller = new AbortController()
  const hanging = rpc.invoke('hang', [], { signal: controller.signal })
  await rpc.invoke('add', [1, 2])
  controller.abort()
  await expect(hanging).rejects.toBe(controller.signal.reason)
  await expect.poll(() => rpc.invoke('aborts')).toBe('AbortError')
  await expect(rpc.invoke('fail')).rejects.toMatchObject({ message: 'there' })
})

test('C52: core with references, signals and streams', async () => {
  const rpc = await connect(true)
  expect(await rpc.invoke('callWith', [(n: number) => n + 1])).toBe(2)
  const seen: number[] = []
  for await (const n of await rpc.invoke<AsyncIterable<number>>('count')) seen.push(n)
  expect(seen).toEqual([1, 2, 3])
  const controller = new AbortController()
  const waiting = rpc.invoke('waitFor', [controller.signal])
  await rpc.invoke('add', [1, 2])
  controller.abort()
  // Its class is told by `errorDetails`.
  expect(await waiting).toBe('RPCError')
})
