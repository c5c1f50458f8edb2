/** The main thread as Figma documents it: the language, a console and timers, no browser's API. A FAKE: it is a vm context. */
import { fileURLToPath } from 'node:url'
import { createContext, runInContext } from 'node:vm'
import { rolldown } from 'rolldown'
import { expect, test } from 'vitest'
import { figmaUITransport } from '../../../src/adapters/figma/figma.ts'
import type { Transport } from '../../../src/index.ts'
import { rejection, start, within } from '../../contract/fixture.ts'
import { fakePlugin, type FakePlugin, inWindow } from './fake.ts'

/** Run the main thread of a plugin. */
async function runMainThread(plugin: FakePlugin): Promise<void> {
  const globals = { figma: { ui: plugin.ui }, console, setTimeout, clearTimeout, setInterval, clearInterval }
  const context = createContext(globals)
  const input = fileURLToPath(new URL('./main-thread/main.ts', import.meta.url))
  const build = await rolldown({ input, platform: 'neutral' })
  const { output } = await build.generate({ format: 'iife' })
  await build.close()
  runInContext(output[0].code, context)
}

/** The UI, which is a browser's page and has all. */
function startUI(plugin: FakePlugin): ReturnType<typeof start> {
  const window = plugin.showUI()
  const dispatch = window.dispatchEvent.bind(window)
  window.dispatchEvent = (event) => inWindow(window, () => dispatch(event))
  const inner = inWindow(window, () => figmaUITransport())
  const transport: Transport = {
    ...inner,
    post: (message) => inWindow(window, () => inner.post(message)),
    listen: (to) => inWindow(window, () => inner.listen(to)),
    close: () => inWindow(window, () => inner.close()),
  }
  return start({ transport, methods: { double: (n: number) => n * 2 } })
}

test('C52: with what Figma gives it, calls, errors, callbacks and streams cross', async () => {
  const plugin = fakePlugin()
  const rpc = startUI(plugin)
  await runMainThread(plugin)
  expect(await within(45_000, rpc.invoke('add', [1, 2]))).toBe(3)
  expect(await rpc.invoke('relay', ['double', 4])).toBe(8)
  const value = {
    bytes: new Uint8Array([1, 2]),
    map: new Map([[1, 'a']]),
    date: new Date(1e12),
    missing: undefined,
  }
  expect(await rpc.invoke('echo', [value])).toStrictEqual(value)
  expect(await rejection(rpc.invoke('fail'))).toMatchObject({
    name: 'RangeError',
    message: 'in the main thread',
  })
  expect(await rejection(rpc.invoke('missing'))).toMatchObject({ code: -32601 })
  expect(await rpc.invoke('callWith', [(n: number) => n * 3, 2])).toBe(6)
  const seen: number[] = []
  for await (const n of await rpc.invoke<AsyncIterable<number>>('count', [3])) seen.push(n)
  expect(seen).toEqual([1, 2, 3])
})
