/** Malformed messages, results that cannot be sent and endpoints that are taken, in a page: on its own kinds of objects. */
import { expect, onTestFinished, test } from 'vitest'
import { type Diagnostic, expose, RPC, type RPCInitOptions, rpcOf, wrap } from '../../src/index.ts'
import { foreign, idFor, invalid, strayAnswers } from '../peer/malformed.ts'
import { failure, request, result } from '../peer/pair.ts'
import { keepIn } from '../late.ts'
import { watch } from './adversary/watch.ts'
import { until } from './windows/stage.ts'

const postable = (messages: readonly unknown[]): unknown[] =>
  messages.filter((message) => {
    try {
      structuredClone(message)
      return true
    } catch {
      return false
    }
  })

const ours = [...postable(foreign), ...postable(invalid), ...postable(strayAnswers)]

/** One RPC on a port; the test speaks at the other one by hand. */
function alone(options: Partial<RPCInitOptions> = {}): {
  readonly rpc: RPC
  readonly port: MessagePort
  readonly got: unknown[]
  readonly diagnostics: Diagnostic[]
} {
  const { port1, port2 } = new MessageChannel()
  const got: unknown[] = []
  const diagnostics: Diagnostic[] = []
  port2.onmessage = ({ data }) => got.push(data)
  const rpc = new RPC({
    plain: true,
    onDiagnostic: keepIn(diagnostics),
    ...options,
    transport: port1,
  })
  const watched = watch()
  onTestFinished(() => {
    rpc.destroy()
    port1.close()
    watched.stop()
    expect(watched.uncaught).toEqual([])
    expect(watched.changed()).toEqual([])
  })
  return { rpc, port: port2, got, diagnostics }
}

test('S26: what is malformed or foreign is answered as it deserves, and the next request is answered each time', async () => {
  expect(ours.length).toBeGreaterThanOrEqual(120)
  const echoed: unknown[] = []
  const { port, got } = alone({ methods: { echo: (value: unknown) => (echoed.push(value), value) } })
  const refused = (message: object): object => failure(idFor(message), -32600, 'Invalid Request')
  const expected: unknown[] = []
  for (const [messages, isRefused] of [
    [foreign, false],
    [invalid, true],
    [strayAnswers, false],
  ] as const)
    for (const [i, message] of postable(messages).entries()) {
      port.postMessage(message)
      port.postMessage(request(`next ${i}`, 'echo', ['alive']))
      if (isRefused) expected.push(refused(message as object))
      expected.push(result(`next ${i}`, 'alive'))
    }
  await until(() => got.length >= expected.length)
  expect(got).toEqual(expected)
  expect(new Set(echoed)).toEqual(new Set(['alive']))
})

test('S27: no malformed message takes the place of the answer to a call that is pending', async () => {
  const all = [...postable(foreign), ...postable(strayAnswers)]
  expect(all.length).toBeGreaterThanOrEqual(90)
  const { rpc, port } = alone()
  const calls = Array.from({ length: all.length }, (_, i) => rpc.invoke('echo', null, { id: `call ${i}` }))
  for (const [i, message] of all.entries()) {
    port.postMessage(message)
    port.postMessage([message])
    port.postMessage(result(`call ${i}`, `the real one ${i}`))
  }
  expect(await Promise.all(calls)).toEqual(all.map((_, i) => `the real one ${i}`))
})

const unsendable: Record<string, () => unknown> = {
  'a symbol': () => Symbol('x'),
  'a WeakMap': () => new WeakMap(),
  'a promise': () => [Promise.resolve(1)],
  'a DOM node': () => document.body,
  'a DOM node, deep inside': () => ({ list: [new Map([['node', document.createElement('p')]])] }),
  'the window': () => [window],
  'a location': () => ({ where: location }),
  'an event': () => new Event('x'),
  'a style': () => getComputedStyle(document.body),
  'an object whose getter throws': () => ({
    get boom(): never {
      throw new Error('boom')
    },
  }),
}

test.for(Object.entries(unsendable))(
  'S36: a result that is %s rejects the caller -32603 with the reason, and leaves nothing unhandled',
  async ([, make]) => {
    const { port1, port2 } = new MessageChannel()
    const watched = watch()
    using there = new RPC({ transport: port2, methods: { make, later: async () => make(), add: () => 3 } })
    using here = new RPC({ transport: port1 })
    for (const method of ['make', 'later'])
      await expect(here.invoke(method)).rejects.toMatchObject({
        code: -32603,
        message: expect.stringMatching(`\`${method}\` cannot be sent: .+`) as string,
      })
    expect(await here.invoke('add')).toBe(3)
    watched.stop()
    expect(watched.uncaught).toEqual([])
    void there
    port1.close()
  },
)

test('S36: a result that is or holds a function is answered -32603 to a peer that takes no references', async () => {
  const { port, got } = alone({ methods: { make: () => () => 1, nested: () => ({ list: [() => 1] }) } })
  port.postMessage(request(1, 'make'))
  port.postMessage(request(2, 'nested'))
  await until(() => got.length === 2)
  expect(got).toMatchObject([
    { id: 1, error: { code: -32603, message: expect.stringContaining('result is a function') as string } },
    { id: 2, error: { code: -32603, message: expect.stringContaining('result.list[0]') as string } },
  ])
})

const serviceWorker = (): Worker =>
  new Worker(new URL('../contract/workers/service.ts', import.meta.url), { type: 'module' })

test('S54: a worker has one RPC: a second throws, saying what to do, and takes its place when the first is destroyed', async () => {
  const worker = serviceWorker()
  onTestFinished(() => worker.terminate())
  const remote = wrap<{ add(a: number, b: number): number }>(worker)
  expect(() => new RPC({ transport: worker, methods: { add: () => 0 } })).toThrow(
    /destroy\(\).*wrap and expose/,
  )
  expect(await remote.add(1, 2)).toBe(3)
  rpcOf(remote).destroy()
  using second = new RPC({ transport: worker })
  expect(await second.invoke('add', [1, 2])).toBe(3)
})

test('S54: what is exposed again replaces what was, as when a module is hot reloaded: a handler runs once', async () => {
  const { port1, port2 } = new MessageChannel()
  onTestFinished(() => port1.close())
  const ran: string[] = []
  const versions = ['v1', 'v2', 'v3'].map((version) => ({
    name: () => ran.push(version),
    [version]: () => version,
  }))
  const remote = wrap<Record<string, () => Promise<unknown>>>(port1)
  for (const version of versions) expose(version, port2)
  expect(await remote['name']?.()).toBe(1)
  expect(ran).toEqual(['v3'])
  expect(await remote['v3']?.()).toBe('v3')
  await expect(remote['v1']?.()).rejects.toMatchObject({ code: -32601 })
  rpcOf(remote).destroy()
})
