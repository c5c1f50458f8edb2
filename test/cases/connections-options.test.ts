/** Options of the RPC that `expose` and `wrap` share, in either order. */
import { EventEmitter } from 'node:events'
import { PassThrough } from 'node:stream'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { processTransport } from '../../src/adapters/process/process.ts'
import { stdioTransport } from '../../src/adapters/stdio/stdio.ts'
import { websocketTransport } from '../../src/adapters/websocket/websocket.ts'
import * as core from '../../src/core.ts'
import {
  endpointTransport,
  expose,
  lspDialect,
  rpcOf,
  type VerbOptions,
  withOptions,
  wrap,
} from '../../src/index.ts'
import { linkedPair } from '../../src/testing.ts'
import { codeOf, outcomeOf } from '../peer/pair.ts'

afterEach(() => void vi.useRealTimers())

interface Api {
  never(): Promise<void>
  name(): string
}

const api = { never: () => new Promise<void>(() => {}), name: () => 'here' }

const orders = ['expose first', 'wrap first'] as const
const entries = { portcall: { expose, wrap, rpcOf }, 'portcall/core': core }

describe.each(orders)('C53: %s', (order) => {
  for (const [name, verbs] of Object.entries(entries))
    test(`C53: ${name}: the timeout of wrap is that of its remote's calls, and of no others`, async () => {
      vi.useFakeTimers()
      const { left, right } = linkedPair()
      if (order === 'expose first') verbs.expose(api, left)
      using remote = verbs.wrap<Api>(left, { timeout: 200 })
      if (order === 'wrap first') verbs.expose(api, left)
      using there = verbs.wrap<Api>(right)
      verbs.expose(api, right)
      const rpc = verbs.rpcOf(remote)
      const calls = [remote.never(), verbs.wrap<Api>(left, { timeout: 500 }).never()]
      const free = [rpc.invoke('never'), verbs.wrap<Api>(left).never(), there.never()]
      for (const call of [...calls, ...free]) call.catch(() => {})

      vi.advanceTimersByTime(200)
      expect(await codeOf(calls[0] as Promise<void>)).toBe(-32300)
      expect(await outcomeOf(calls[1] as Promise<void>)).toBe('pending')
      vi.advanceTimersByTime(300)
      expect(await codeOf(calls[1] as Promise<void>)).toBe(-32300)
      vi.advanceTimersByTime(10 ** 6)
      for (const call of free) expect(await outcomeOf(call)).toBe('pending')
      expect(await remote.name()).toBe('here')
    })
})

test('C53: options of a call go before those of wrap, and 0 before the timeout of expose', async () => {
  vi.useFakeTimers()
  const { left, right } = linkedPair()
  expose(api, right)
  expose({}, left, { timeout: 100 })
  using remote = wrap<Api>(left, { timeout: 0 })
  const free = remote.never()
  const own = withOptions(remote, { timeout: 50 }).never()
  const ofExpose = wrap<Api>(left).never()
  for (const call of [free, own, ofExpose]) call.catch(() => {})
  vi.advanceTimersByTime(50)
  expect(await codeOf(own)).toBe(-32300)
  vi.advanceTimersByTime(50)
  expect(await codeOf(ofExpose)).toBe(-32300)
  expect(await outcomeOf(free)).toBe('pending')
})

test('C53: a timeout that is none throws at wrap, and leaves the endpoint free', () => {
  for (const timeout of [-1, Number.NaN, '5' as unknown as number]) {
    const { left } = linkedPair()
    expect(() => wrap(left, { timeout })).toThrow('A timeout is a number')
    wrap(left)[Symbol.dispose]()
  }
})

const one = (): void => void 1
const two = (): void => void 2

const conflicts: readonly [keyof VerbOptions, VerbOptions, VerbOptions][] = [
  ['connectTimeout', { connectTimeout: 1_000 }, { connectTimeout: 2_000 }],
  ['plain', { plain: true }, { plain: false }],
  ['policy', { policy: 'strict' }, { policy: 'shared' }],
  ['errors', { errors: 'message' }, { errors: 'stack' }],
  ['limits', { limits: { maxPending: 5 } }, { limits: { maxPending: 6 } }],
  ['limits', { limits: { maxPending: 5 } }, { limits: { maxPending: 5, maxDepth: 6 } }],
  ['limits', {}, { limits: { maxPending: 5 } }],
  ['validate', { validate: one }, { validate: two }],
  ['onDiagnostic', { onDiagnostic: one }, { onDiagnostic: two }],
  ['mapError', {}, { mapError: (error) => error as Error }],
  ['dialect', { dialect: lspDialect }, { dialect: { ...lspDialect, method: 'other' } }],
  ['use', {}, { use: [() => {}] }],
]

for (const [key, first, second] of conflicts)
  test(`C53: another ${key} throws, whichever verb comes first: ${JSON.stringify([first, second])}`, () => {
    for (const [former, latter] of [
      [expose, wrap],
      [wrap, expose],
      [wrap, wrap],
      [expose, expose],
    ] as const) {
      const { left } = linkedPair()
      const made = rpcOf(wrap(left, first))
      made.destroy()
      const call = (verb: typeof wrap | typeof expose, options: VerbOptions): unknown =>
        verb === wrap ? wrap(left, options) : expose(api, left, options)
      call(former, first)
      expect(() => call(latter, second)).toThrow(new RegExp(`RPC already.*\`${key}\``))
      call(latter, first)
      call(latter, {})
      rpcOf(wrap(left)).destroy()
    }
  })

test('C53: another function is another option, whatever its text: an access check is never dropped', () => {
  const allow = (...names: readonly string[]): VerbOptions => ({
    validate: (method, params) => {
      if (!names.includes(method)) throw new Error(`denied: ${method}`)
      return params
    },
  })
  const bound = (self: object): VerbOptions => ({ onDiagnostic: Object.prototype.toString.bind(self) })
  for (const [first, second] of [
    [allow('secret'), allow('add')],
    [bound({}), bound([])],
  ]) {
    const { left } = linkedPair()
    using remote = wrap(left, first)
    expect(() => expose(api, left, second)).toThrow(/with another `(validate|onDiagnostic)`/)
    expect(expose(api, left, first)).toBeTypeOf('function')
    void remote
  }
})

test('C53: the same options may be given again, also in other objects', () => {
  const onDiagnostic = (): void => {}
  const options = (): VerbOptions => ({
    connectTimeout: 1_000,
    limits: { maxPending: 5, maxDepth: 6 },
    onDiagnostic,
    dialect: { ...lspDialect },
  })
  const { left } = linkedPair()
  expose(api, left, options())
  using remote = wrap(left, options())
  expect(expose(api, left, { limits: { maxDepth: 6 } })).toBeTypeOf('function')
  void remote
})

test('C53: portcall on an endpoint of portcall/core throws, as it has more features; the other way round it does not', async () => {
  for (const use of [[], core.all]) {
    const { left } = linkedPair()
    core.expose(api, left, { use })
    expect(() => wrap(left)).toThrow(/portcall\/core/)
    expect(() => expose(api, left)).toThrow(/portcall\/core/)
    using remote = core.wrap<Api>(left)
    void remote
  }
  const { left, right } = linkedPair()
  expose(api, right)
  using remote = wrap<Api>(left)
  using same = core.wrap<Api>(left, { use: [core.references] })
  expect(await same.name()).toBe('here')
  expect(core.rpcOf(same)).toBe(rpcOf(remote))
})

test('C53: a second verb may name the same features or fewer, more throws', () => {
  const { left } = linkedPair()
  core.expose(api, left, { use: [core.references, core.signals] })
  using remote = core.wrap(left, { use: [[core.signals], core.references] })
  core.expose(api, left, { use: [core.references] })
  core.expose(api, left, { use: [] })
  expect(() => core.wrap(left, { use: [core.references, core.streams] })).toThrow('`use`')
  void remote
})

describe('C53: a second transport of one endpoint', () => {
  const streams = (): { readable: PassThrough; writable: PassThrough } => ({
    readable: new PassThrough(),
    writable: new PassThrough(),
  })

  test('C53: streams: another stream to write to, or another framing, throws; the same is shared', () => {
    const { readable, writable } = streams()
    expose(api, stdioTransport({ readable, writable }))
    using remote = wrap(stdioTransport({ readable, writable, framing: 'newline' }))
    for (const other of [
      { writable: new PassThrough() },
      { framing: 'content-length' as const },
      { maxLength: 5 },
    ])
      expect(() => wrap(stdioTransport({ readable, writable, ...other }))).toThrow(/other options/)
    void remote
  })

  test('C53: a WebSocket, a process, an endpoint with another target', () => {
    const { port1, port2 } = new MessageChannel()
    using ported = wrap(endpointTransport(port1))
    expect(() => expose(api, endpointTransport(port1, port2))).toThrow(/other options/)
    const socket = Object.assign(new EventTarget(), {
      readyState: 0,
      bufferedAmount: 0,
      send() {},
      close() {},
    })
    using socketed = wrap(websocketTransport(socket as never))
    expect(() => expose(api, websocketTransport(socket as never, { maxLength: 10 }))).toThrow(/other options/)
    const process_ = Object.assign(new EventEmitter(), { connected: true, send: () => true })
    using processed = wrap(processTransport(process_ as never))
    for (const options of [{ serialization: 'advanced' as const }, { maxQueued: 1 }])
      expect(() => expose(api, processTransport(process_ as never, options))).toThrow(/other options/)
    void [ported, socketed, processed]
    port1.close()
  })
})
