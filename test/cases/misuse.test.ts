/** C34 to C36 at run time: what a mistake gets, and which names are local. */
import { afterEach, expect, test } from 'vitest'
import { expose as exposeOfCore, wrap as wrapOfCore } from '../../src/core.ts'
import {
  channelTransport,
  type Diagnostic,
  endpointTransport,
  expose,
  get,
  proxy,
  RPC,
  RPCMessageEvent,
  type RPCInitOptions,
  type RPCInvokeOptions,
  withOptions,
  wrap,
} from '../../src/index.ts'
import { dataChannelTransport } from '../../src/adapters/data-channel/data-channel.ts'
import { electronTransport } from '../../src/adapters/electron/electron.ts'
import { natsTransport } from '../../src/adapters/nats/nats.ts'
import { processTransport } from '../../src/adapters/process/process.ts'
import { createServer } from '../../src/adapters/serving/server.ts'
import { sharedWorkerTransport } from '../../src/adapters/shared-worker/transport.ts'
import { socketIoTransport } from '../../src/adapters/socket-io/socket-io.ts'
import { stdioTransport } from '../../src/adapters/stdio/stdio.ts'
import { websocketTransport } from '../../src/adapters/websocket/websocket.ts'
import { linkedPair } from '../../src/testing.ts'

const cleanup: (() => void)[] = []
afterEach(() => cleanup.splice(0).forEach((step) => step()))

type Any = ReturnType<typeof JSON.parse>

function messageIn(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    return (error as Error).message
  }
  return ''
}

class Data {
  value = 1
}
class Later {
  declare run: () => number
}

const nothings: readonly [string, unknown][] = [
  ['null', null],
  ['undefined', undefined],
  ['a number', 5],
  ['a string', 'api'],
  ['data alone', { x: 5 }],
  ['nested data alone', { nested: { x: 5 } }],
  ['an instance with data alone', new Data()],
  ['an array, even of functions', [() => 1]],
  ['a Map', new Map([['run', () => 1]])],
  ['a promise of an api', Promise.resolve({ run() {} })],
  [
    'an accessor alone',
    {
      get run() {
        return () => 1
      },
    },
  ],
  ['reserved names alone', { toString: () => 'x' }],
]

for (const [what, api] of nothings)
  test(`C34: exposing ${what} throws a TypeError that says what to write`, () => {
    const attempts = [
      () => expose(api as object, linkedPair().left),
      () => exposeOfCore(api as object, linkedPair().left),
      () => createServer((options) => new RPC(options), api as object, {}),
      ...(api == null ? [] : [() => new RPC({ transport: linkedPair().left, methods: api as object })]),
    ]
    for (const attempt of attempts) {
      expect(attempt).toThrow(TypeError)
      expect(attempt).toThrow(/pass functions by name, \{ add: \(a, b\) => a \+ b \}/)
    }
  })

test('C34: after such a mistake the endpoint can be exposed', async () => {
  const { left, right } = linkedPair()
  expect(() => expose({ x: 5 } as object, left)).toThrow(TypeError)
  cleanup.push(expose({ run: () => 1 }, left))
  expect(await wrap<{ run(): number }>(right).run()).toBe(1)
})

test('C34: an empty object, data beside functions, functions and classes can be exposed', () => {
  const many = [
    {},
    Object.create(null),
    new Later(),
    { x: 5, run() {} },
    () => 1,
    Data,
    { nested: { run() {} } },
  ]
  for (const api of many as object[]) expect(() => expose(api, linkedPair().left)).not.toThrow()
})

test('C34: without an endpoint wrap and expose say where that works', () => {
  for (const attempt of [() => wrap(), () => expose({}), () => wrapOfCore(), () => exposeOfCore({})])
    expect(attempt).toThrow(
      /only inside a worker or a Node thread.*expose\(api, windowTransport\(parent, \{ origin \}\)\)/,
    )
})

const transports: Readonly<Record<string, readonly [make: (given: Any) => unknown, says: RegExp]>> = {
  endpointTransport: [(given) => endpointTransport(given), /^Pass a Worker, a MessagePort/],
  channelTransport: [(given) => channelTransport(given, 'a'), /^Pass a Worker, a MessagePort/],
  processTransport: [(given) => processTransport(given), /^Pass a ChildProcess/],
  dataChannelTransport: [(given) => dataChannelTransport(given), /^Pass an RTCDataChannel/],
  socketIoTransport: [(given) => socketIoTransport(given), /^Pass a socket of socket\.io/],
  sharedWorkerTransport: [(given) => sharedWorkerTransport(given), /^Pass a Worker, a MessagePort/],
  websocketTransport: [(given) => websocketTransport(given), /^Pass a WebSocket, a URL/],
  natsTransport: [(given) => natsTransport(given, 'subject'), /^Pass a connection of NATS/],
  electronTransport: [(given) => electronTransport(given), /^Pass a Worker, a MessagePort/],
  stdioTransport: [(given) => stdioTransport(given), /^Pass \{ readable, writable \}/],
  'the readable of stdioTransport': [
    (readable) => stdioTransport({ readable, writable: process.stdout }),
    /^Pass \{ readable, writable \}/,
  ],
  'the writable of stdioTransport': [
    (writable) => stdioTransport({ readable: process.stdin, writable }),
    /^Pass \{ readable, writable \}/,
  ],
  RPCMessageEvent: [(given) => new RPCMessageEvent(given), /^Pass \{ currentEndpoint, targetEndpoint \}/],
  'new RPC({ event })': [(event) => new RPC({ event }), /^Pass \{ (event|transport) \}/],
}

for (const [name, [make, says]] of Object.entries(transports))
  test(`C57: ${name} of what is missing, or is something else, says what to pass`, () => {
    for (const given of [undefined, null, {}, 5]) {
      expect(() => make(given)).toThrow(TypeError)
      expect(() => make(given)).toThrow(says)
      expect(messageIn(() => make(given)).length).toBeLessThanOrEqual(120)
    }
  })

test('C57: an endpoint that is undefined or null by mistake is named, and not replaced by the default one', () => {
  const missing = (call: string): string =>
    `${call}: there is no endpoint. Pass a Worker, a MessagePort or windowTransport(window, { origin })`
  for (const nothing of [undefined, null] as never[]) {
    for (const verb of [wrap, wrapOfCore])
      expect(() => verb(nothing)).toThrow(missing(`wrap(${String(nothing)})`))
    for (const verb of [expose, exposeOfCore])
      expect(() => verb({ run() {} }, nothing)).toThrow(missing(`expose(api, ${String(nothing)})`))
  }
  // With options after it, undefined means the default endpoint, as in any call.
  for (const attempt of [() => wrap(undefined as never, {}), () => exposeOfCore({}, undefined, {})])
    expect(attempt).toThrow(/only inside a worker or a Node thread/)
})

function observed(options: Partial<RPCInitOptions> = {}): { rpc: RPC; other: RPC; told: Diagnostic[] } {
  const { left, right } = linkedPair()
  const told: Diagnostic[] = []
  const rpc = new RPC({ ...options, transport: left, onDiagnostic: (event) => told.push(event) })
  const other = new RPC({
    transport: right,
    methods: { f: () => 1, counter: () => proxy({ count: 1, f: () => 2 }), Data, note() {} },
  })
  cleanup.push(() => (rpc.destroy(), other.destroy()))
  return { rpc, other, told }
}

const unknown = (name: string): unknown => ({
  kind: 'unknown-option',
  about: name,
  error: expect.objectContaining({ message: expect.stringContaining(`\`${name}\``) }),
})

test('C34: an unknown option of a call is a diagnostic, once for each name, and the call works', async () => {
  const { rpc, told } = observed()
  const remote = withOptions(rpc.remote<{ f(): number }>(), { timout: 5, timeout: 1_000 } as object)
  expect(await remote.f()).toBe(1)
  expect(await remote.f()).toBe(1)
  expect(await rpc.invoke('f', null, { timeOut: 5 } as object)).toBe(1)
  expect(await rpc.batch((call) => [call('f', null, { notify: true } as object)])).toEqual([1])
  expect(told).toEqual([unknown('timout'), unknown('timeOut'), unknown('notify')])
  expect(String(told[2]?.error)).toContain('isNotify')
})

test('C34: so it is for what was passed by reference, and for notifications', async () => {
  const { rpc, told } = observed()
  const counter = await rpc.remote<{ counter(): Any }>().counter()
  expect(await withOptions(counter, { timout: 5 } as object).f()).toBe(2)
  expect(await get(counter, 'count')).toBe(1)
  await withOptions(rpc.remote<{ note(): void }>(), { isNotify: true, scopd: true } as object).note()
  expect(told).toEqual([unknown('timout'), unknown('scopd')])
})

test('C34: an unknown option of an RPC is a diagnostic', async () => {
  const { rpc, told } = observed({ timout: 5 } as object)
  await rpc.connect()
  expect(told).toEqual([unknown('timout')])
})

test('C34: known options are none', async () => {
  const { rpc, told } = observed({ timeout: 0, connectTimeout: 0, limits: {}, use: [], plain: false })
  const options: Required<RPCInvokeOptions> = {
    timeout: 1_000,
    signal: new AbortController().signal,
    isNotify: false,
    transfer: [],
    scoped: false,
    id: 'one',
  }
  expect(await rpc.invoke('f', null, options)).toBe(1)
  expect(await rpc.invoke('f', null, { timout: undefined } as object)).toBe(1)
  expect(told).toEqual([])
})

const ofRPC: Required<Record<keyof RPCInitOptions, true>> = {
  transport: true,
  event: true,
  use: true,
  channel: true,
  methods: true,
  limits: true,
  timeout: true,
  connectTimeout: true,
  plain: true,
  policy: true,
  fallback: true,
  validate: true,
  mapError: true,
  onDiagnostic: true,
  dialect: true,
  heartbeat: true,
  coalesce: true,
  copyTransfers: true,
  errors: true,
}

test('C34: the text of an unknown option of an RPC lists all that there are', () => {
  const { told } = observed({ timout: 5 } as object)
  const listed = /are (.*)$/.exec(String(told[0]?.error))?.[1]?.split(', ')
  expect(listed?.sort()).toEqual(Object.keys(ofRPC).sort())
})

test('C35: withOptions releases what a scoped call passed', async () => {
  const { left, right } = linkedPair()
  let kept: (() => Promise<number>) | undefined
  const rpc = new RPC({ transport: left })
  const other = new RPC({
    transport: right,
    methods: { keep: (callback: () => Promise<number>) => void (kept = callback) },
  })
  cleanup.push(() => (rpc.destroy(), other.destroy()))
  const remote = rpc.remote<{ keep(callback: () => Promise<number>): void }>()
  await withOptions(remote, { scoped: true }).keep(() => 1 as never)
  await expect(kept?.()).rejects.toMatchObject({ code: -32056 })
  await remote.keep(() => 1 as never)
  expect(await kept?.()).toBe(1)
})

const local = [
  'toString',
  'toLocaleString',
  'valueOf',
  'hasOwnProperty',
  'isPrototypeOf',
  'propertyIsEnumerable',
]

test('C36: what the types leave out is local: not one request is sent', async () => {
  const link = linkedPair()
  const api = {
    ...Object.fromEntries(local.map((name) => [name, () => 'remote'])),
    toJSON: () => 'remote',
    f: () => 1,
  }
  const other = new RPC({ transport: link.right, methods: api })
  const rpc = new RPC({ transport: link.left })
  cleanup.push(() => (rpc.destroy(), other.destroy()))
  await rpc.connect()
  const posted: unknown[] = []
  link.tap((_, message) => posted.push(message))
  const remote = rpc.remote<Any>()
  for (const at of [remote, remote.nested]) {
    for (const name of local) expect(at[name]).toBe(Reflect.get(Object.prototype, name))
    expect([at.then, at.toJSON]).toEqual([undefined, undefined])
  }
  expect(JSON.stringify({ remote: `${remote}` })).toBe('{"remote":"[object Function]"}')
  expect(posted).toEqual([])
})
