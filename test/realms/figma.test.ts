/** A plugin's main thread in QuickJS, the engine that Figma uses, with only what Figma gives. Figma itself does not run here. */
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import { bytesCodec } from '../../src/values/bytes-codec.ts'
import type { RPC, Transport } from '../../src/index.ts'
import { start } from '../contract/fixture.ts'
import { bundled } from './bundled.ts'
import { quickJSPlugin, type QuickJSPlugin } from './quickjs.ts'
import { type ConnectRealm, realmSuite } from './suite.ts'

let script: string

beforeAll(async () => {
  script = await bundled('figma-main.ts')
})

/** The UI's side: what `figmaUITransport` does, without its windows, which test/adapters/figma has. */
function uiTransport(plugin: QuickJSPlugin): Transport {
  return {
    codec: bytesCodec,
    post: (message) => void setImmediate(() => plugin.hear(message)),
    listen: ({ message }) => {
      plugin.onpost = (data) => message(data, 'null')
    },
    close: () => {
      plugin.onpost = () => {}
    },
  }
}

const plugin =
  (options: Parameters<typeof quickJSPlugin>[0]): ConnectRealm =>
  async (methods): Promise<RPC> => {
    const made = await quickJSPlugin(options)
    onTestFinished(() => made.dispose())
    made.run(script)
    return start({ transport: uiTransport(made), methods })
  }

const medium = { transfer: true, readable: true }

realmSuite('a Figma plugin in QuickJS', plugin({}), medium)
realmSuite('a plugin whose figma.ui has only onmessage', plugin({ events: false }), medium)
realmSuite('QuickJS without timers', plugin({ timers: false }), { ...medium, timers: true })

test('C52: it is a bare engine', async () => {
  const rpc = await plugin({})({})
  const lacks = await rpc.invoke<readonly string[]>('lacks')
  for (const name of [
    'clearTimeout',
    'crypto',
    'AbortController',
    'structuredClone',
    'console',
    'performance',
  ])
    expect(lacks).toContain(name)
  expect(lacks).not.toContain('setTimeout')
})
