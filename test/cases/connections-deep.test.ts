/** Values that are nested deeper than any stack, over what is of one's own making. */
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { MessageChannel, Worker } from 'node:worker_threads'
import { afterAll, beforeAll, describe as group, expect, onTestFinished, test } from 'vitest'
import { processTransport } from '../../src/adapters/process/process.ts'
import { endpointTransport, expose, RPC, rpcOf, type Transport, wrap } from '../../src/index.ts'
import { linkedPair } from '../../src/testing.ts'
import { bundleScripts, type Scripts } from '../adapters/process/scripts.ts'
import { codeOf, rejection } from '../peer/pair.ts'
import { api, type DeepApi, describe, kinds, make, thrown } from './peers/deep-values.ts'

let scripts: Scripts<'deep'>
beforeAll(async () => {
  scripts = await bundleScripts(fileURLToPath(new URL('./peers/', import.meta.url)), ['deep'])
}, 60_000)
afterAll(() => scripts.remove())

function child(serialization: 'json' | 'advanced'): Transport {
  const made = fork(scripts.path('deep'), { serialization })
  onTestFinished(() => void made.kill())
  return processTransport(made)
}

const media: { readonly [name: string]: () => Transport } = {
  'a thread': () => {
    const worker = new Worker(scripts.path('deep'))
    onTestFinished(() => void worker.terminate())
    return endpointTransport(worker)
  },
  'a child process by JSON': () => child('json'),
  'a child process by clones': () => child('advanced'),
  'a port of one’s own': () => {
    const { port1, port2 } = new MessageChannel()
    onTestFinished(() => port1.close())
    expose({ ...api, fail: thrown }, { ...endpointTransport(port2), trusted: true })
    return { ...endpointTransport(port1), trusted: true }
  },
}

const LEVELS = 5_000

const some = ['lists', 'mixed', 'Maps', 'a linked list in a list of its items']

group.for(Object.entries(media))('C51: over %s', { timeout: 60_000 }, ([name, connect]) => {
  test.for(/thread|JSON/.test(name) ? Object.keys(kinds) : some)(
    '%s go there and back, before the hello and after it, 5,000 deep and deeper',
    async (kind) => {
      using remote = wrap<DeepApi>(connect())
      const text = describe(make(kind, LEVELS))
      expect(text.split('\n').length).toBeGreaterThanOrEqual(LEVELS)
      expect(await remote.describe(make(kind, LEVELS))).toBe(text)
      for (const levels of kind === 'lists' ? [999, 1_000, 1_001, LEVELS, 50_000] : [1_000, LEVELS])
        expect(describe(await remote.echo(make(kind, levels))) === describe(make(kind, levels))).toBe(true)
      expect(describe(await remote.make(kind, LEVELS)) === text).toBe(true)
      const error = await rejection(Promise.resolve(remote.fail(kind, LEVELS)))
      expect(error).toMatchObject({ message: 'deep', name: 'RangeError' })
      expect(describe((error as { data?: unknown }).data) === text).toBe(true)
      for await (const item of remote.each(kind, LEVELS)) expect(describe(item) === text).toBe(true)
      expect((await remote.run(async (value) => value, kind, LEVELS)) === text).toBe(true)
      expect((await remote.caught(async () => thrown(kind, LEVELS))) === text).toBe(true)
      const [one, two] = await rpcOf(remote).batch((call) => [
        call('describe', [make(kind, LEVELS)]),
        call('make', [kind, LEVELS]),
      ])
      expect(one === text && describe(two) === text).toBe(true)
      expect(await remote.add(1, 2)).toBe(3)
    },
  )

  test('a function or a signal stands 5,000 levels deep, and works', async () => {
    using remote = wrap<DeepApi>(connect())
    let value: unknown = () => 'called'
    for (let i = 0; i < LEVELS; i++) value = i % 2 ? [value] : { inner: value }
    for (let i = 0; i < 2; i++) expect(await remote.call(value)).toBe('called')
  })

  test('what cannot be sent is refused, however deep it stands', async () => {
    using remote = wrap<DeepApi>(connect())
    for (const wrong of [Symbol('no'), new WeakMap()]) {
      let value: unknown = wrong
      for (let i = 0; i < LEVELS; i++) value = [value]
      for (let i = 0; i < 2; i++) expect(await codeOf(Promise.resolve(remote.describe(value)))).toBe(-32052)
    }
    expect(await remote.add(1, 2)).toBe(3)
  })
})

test('C51: strangers are told nothing of it, refuse it, and keep their limit; a port whose both sides say so has none', async () => {
  const { port1, port2 } = new MessageChannel()
  onTestFinished(() => port1.close())
  const limits = { maxDepth: Infinity }
  expose({ ...api, fail: thrown }, port2, { limits })
  using remote = wrap<DeepApi>(port1, { limits })
  expect(await remote.describe(make('lists', LEVELS))).toBe(describe(make('lists', LEVELS)))
  const heard: { params: { capabilities: string[] } }[] = []
  const link = linkedPair({ text: true })
  link.right.listen({
    message: (data: unknown) => heard.push(data as never),
    opened() {},
    gone() {},
  } as never)
  using stranger = new RPC({ transport: link.left, methods: api })
  void stranger
  await expect.poll(() => heard).toHaveLength(1)
  expect(heard[0]?.params.capabilities).not.toContain('deep')
  const say = (params: unknown, values: unknown): void =>
    link.right.post({ jsonrpc: '2.0', id: 1, method: 'echo', params, values })
  const [first] = heard
  link.right.post({
    jsonrpc: '2.0',
    id: 's',
    method: 'rpc.connect',
    params: { ...first?.params, session: 's' },
  })
  say([[[]], [], [], []], [[[], 'deep']])
  await expect.poll(() => heard.at(-1)).toMatchObject({ id: 1, error: { code: -32602 } })
})

const hollow: unknown[] = Object.assign([], { length: 1e9 })

test.for<[string, unknown]>([
  ['no lists', [1, 2, 3, 4]],
  ['an object', { nodes: [] }],
  ['a hollow list of nodes', [hollow, [], [], []]],
  ['a hollow list of links', [[[]], hollow, [], []]],
  ['a hollow list in place of a Map', [[hollow], [], [0], []]],
  ['a link from nowhere', [[[null]], [7, 0, 0], [], []]],
  ['a link to nowhere', [[[null]], [0, 0, 7], [], []]],
  ['a link to a prototype', [[[null]], [0, 0, '__proto__'], [], []]],
  ['a link from a prototype', [[[null]], ['__proto__', 'concat', 0], [], []]],
  ['a place that is not there', [[{}], [0, 'x', 0], [], []]],
  ['a place in what every object has', [[{}], [0, 'toString', 0], [], []]],
  ['a length', [[[null]], [0, 'length', 0], [], []]],
  ['a link into a Date', [[[null], Object.assign(new Date(), { x: null })], [1, 'x', 0], [], []]],
  ['a Map of nothing', [[[]], [], [3], []]],
  ['one that is a Map and a Set', [[[]], [], [0], [0]]],
  ['half a link', [[[null]], [0], [], []]],
])('C51: parts that are none are refused, and the connection lives: %s', async ([, parts]) => {
  const { port1, port2 } = new MessageChannel()
  onTestFinished(() => port1.close())
  const answers: { id: unknown; error?: { code: number }; result?: unknown }[] = []
  using rpc = new RPC({ transport: { ...endpointTransport(port2), trusted: true }, methods: api })
  void rpc
  port1.on('message', (data: unknown) => answers.push(data as never))
  const capabilities = ['cancel', 'close', 'values', 'deep']
  port1.postMessage({
    jsonrpc: '2.0',
    id: 's',
    method: 'rpc.connect',
    params: { session: 's', version: 1, capabilities },
  })
  port1.postMessage({ jsonrpc: '2.0', id: 1, method: 'describe', params: parts, values: [[[], 'deep']] })
  port1.postMessage({ jsonrpc: '2.0', id: 2, method: 'add', params: [1, 2] })
  await expect.poll(() => answers.find(({ id }) => id === 2)).toMatchObject({ result: 3 })
  expect(answers.find(({ id }) => id === 1)).toMatchObject({ error: { code: -32602 } })
  expect([].concat).toBeTypeOf('function')
})
