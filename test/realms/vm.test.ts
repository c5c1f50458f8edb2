/** A context of Node's `vm` that has little more than the language: each name missing alone, and all together. */
import { createContext, runInContext } from 'node:vm'
import { MessageChannel, moveMessagePortToContext } from 'node:worker_threads'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import type { Endpoint, RPC } from '../../src/index.ts'
import { start } from '../contract/fixture.ts'
import { bundled } from './bundled.ts'
import { NAMES, type serve } from './served.ts'
import { type ConnectRealm, realmSuite } from './suite.ts'

let script: string

beforeAll(async () => {
  script = await bundled('vm-script.ts')
})

/** Is its port made for it, or one of this realm that it was handed? */
type Port = 'its own' | 'handed in'

function realm(missing: readonly string[], port: Port): ConnectRealm {
  return (methods): Promise<RPC> => {
    const given = NAMES.filter((name) => !missing.includes(name) && name in globalThis)
    const context = createContext(
      Object.fromEntries(given.map((name) => [name, Reflect.get(globalThis, name)])),
    )
    const { port1, port2 } = new MessageChannel()
    // Node makes it of the context's own names.
    const end = port === 'its own' ? moveMessagePortToContext(port2, context) : port2
    // It has nothing else to listen by, and that only once it was set.
    if (port === 'its own') Reflect.set(end, 'onmessage', null)
    // Those of the language are there by themselves.
    runInContext(`for (const name of ${JSON.stringify(missing)}) delete globalThis[name]`, context)
    runInContext(script, context)
    const inner = (context as { serve: typeof serve }).serve(end as unknown as Endpoint)
    onTestFinished(() => {
      inner.destroy()
      port1.close()
    })
    return Promise.resolve(start({ transport: port1, methods }))
  }
}

const lacksOf = (missing: readonly string[]): { timers: boolean; readable: boolean } => ({
  timers: missing.includes('setTimeout'),
  readable: missing.includes('ReadableStream'),
})

realmSuite('a context with all of them', realm([], 'handed in'))
for (const name of NAMES) realmSuite(`a context without ${name}`, realm([name], 'handed in'), lacksOf([name]))
realmSuite('a context without any of them', realm(NAMES, 'handed in'), lacksOf(NAMES))
realmSuite('a context without any of them, with a port of its own', realm(NAMES, 'its own'), lacksOf(NAMES))

/** What a realm may have for Node's timers. */
const TIMERS: Readonly<Record<string, object>> = {
  'setImmediate is missing': { setTimeout, clearTimeout },
  'no timer ever rings, as in a closed jsdom or under fake timers': {
    setTimeout: () => 0,
    clearTimeout: () => {},
    setImmediate: () => 0,
  },
}

for (const [where, timers] of Object.entries(TIMERS))
  test(`C52, C64: a port rests after the last goodbye where ${where}`, async () => {
    const context = createContext({ ...timers })
    runInContext(script, context)
    const { port1, port2 } = new MessageChannel()
    onTestFinished(() => port1.close())
    const inner = (context as { serve: typeof serve }).serve(port2 as unknown as Endpoint)
    onTestFinished(() => inner.destroy())
    const rpc = start({ transport: port1 })
    await rpc.connect()
    const hasRef = (): boolean => (port2 as { hasRef?(): boolean }).hasRef?.() ?? false
    expect(hasRef()).toBe(true)
    rpc.destroy()
    await expect.poll(hasRef).toBe(false)
  })
