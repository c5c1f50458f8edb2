/** What must work between this side, which has a platform, and a realm that may lack all of it (served.ts). */
import { describe, expect, test } from 'vitest'
import { callContext, get, type RPC } from '../../src/index.ts'
import { rejection, within } from '../contract/fixture.ts'

/** Connect to a fresh realm, with `methods` on this side. The test's end closes it. */
export type ConnectRealm = (methods: Methods) => Promise<RPC>

type Methods = Readonly<Record<string, (...args: never[]) => unknown>>

/** What a medium or realm cannot do, so that it is not asked for. */
export interface Lacks {
  readonly timers?: boolean
  /** It transfers nothing. */
  readonly transfer?: boolean
  readonly readable?: boolean
}

interface Early {
  readonly n: number
  readonly list: readonly { readonly n: number }[]
  readonly map: Map<number, { readonly n: number }>
  readonly buffer: ArrayBuffer
}

const onAbort = (signal: AbortSignal): Promise<string> =>
  new Promise((resolve) => {
    const tell = (): void => resolve((signal.reason as Error).name)
    if (signal.aborted) tell()
    else signal.addEventListener('abort', tell)
  })

/** Messages of ours are at most this long. */
const LONGEST = 120

const ARRIVED_OR_REFUSED =
  /^(2,)?\[object \w+\](,\[object \w+\])*$|^Refused: .*(cannot read something|could not be read|cannot be read|there is no).*$/

/** What a call comes to, in words. */
const outcome = (call: Promise<unknown>): Promise<string> =>
  within(
    45_000,
    call.then(String, ({ message }: Error) => (message.length > LONGEST ? message : `Refused: ${message}`)),
  )

export function realmSuite(name: string, connectTo: ConnectRealm, lacks: Lacks = {}): void {
  const told: unknown[] = []
  const methods = {
    double: (n: number) => n * 2,
    early: ({ n, list, map, buffer }: Early) =>
      [n, list.map((one) => one.n).join('+'), map.get(1)?.n, buffer.byteLength].join(),
    note: (value: unknown) => void told.push(value),
    waitFor: (signal: AbortSignal) => onAbort(signal),
    hang: async () => {
      const { signal } = callContext()
      await onAbort(signal)
      signal.throwIfAborted()
    },
    take: (buffer: ArrayBuffer) => buffer.byteLength,
    query: () => new URL('https://a.example/?q=1'),
    params: () => new URLSearchParams('q=1'),
    never: () => new Promise(() => {}),
  }
  const connect = (): Promise<RPC> => connectTo(methods)

  describe(`${name}`, () => {
    test('C52: calls cross both ways, and sessions differ', async () => {
      const [one, two] = [await connect(), await connect()]
      expect(await within(45_000, one.invoke('add', [1, 2]))).toBe(3)
      expect(await one.invoke('relay', ['double', 4])).toBe(8)
      expect(await one.invoke('relayBatch')).toEqual([2, 4])
      await one.invoke('relayNotice', ['note', 'x'])
      await expect.poll(() => told).toContain('x')
      expect(await one.batch((call) => [call('add', [1, 1]), call('add', [2, 2])])).toEqual([2, 4])
      const many = Array.from({ length: 200 }, (_, i) => one.invoke('add', [i, 1]))
      expect((await Promise.all(many)).at(-1)).toBe(200)
      const ids = [await one.invoke<string>('uuid'), await two.invoke<string>('uuid')]
      for (const id of ids)
        expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
      expect(new Set(ids).size).toBe(2)
    })

    test('C52: values cross', async () => {
      const rpc = await connect()
      const value = {
        bytes: new Uint8Array([1, 2, 250]),
        map: new Map([[1, new Set(['a'])]]),
        date: new Date(1e12),
        big: 2n ** 70n,
        missing: undefined,
        list: [Number.NaN, -0],
      }
      expect(await rpc.invoke('echo', [value])).toStrictEqual(value)
      const circle: { self?: unknown } = {}
      circle.self = circle
      const back = await rpc.invoke<typeof circle>('echo', [circle])
      expect(back.self).toBe(back)
    })

    test('C52: what is sent before there is a connection arrives as it was at the call', async () => {
      const rpc = await connect()
      expect(await rpc.invoke('seenEarly')).toBe('1,1,1,8')
    })

    test('C52: errors cross both ways, with bytes in them', async () => {
      const rpc = await connect()
      expect(await rejection(rpc.invoke('fail'))).toMatchObject({
        name: 'RangeError',
        message: 'in the realm',
      })
      expect(await rejection(rpc.invoke('fail'))).toBeInstanceOf(RangeError)
      expect(await rejection(rpc.invoke('missing'))).toMatchObject({ code: -32601 })
      const data = { bytes: new Uint8Array([1, 255]) }
      expect(
        await rejection(rpc.invoke('throwThis', [Object.assign(new Error('with'), { data })])),
      ).toMatchObject({
        message: 'with',
        data: { bytes: { 0: 1, 1: 255 } },
      })
      expect(await rpc.invoke('relayWith', [{}, 'missing'])).toMatch(/-32601/)
    })

    test('C52: callbacks, returned functions and objects by reference', async () => {
      const rpc = await connect()
      expect(await rpc.invoke('callWith', [(n: number) => n * 3, 2])).toBe(6)
      const add = await rpc.invoke<(n: number) => Promise<number>>('adder', [5])
      expect(await add(1)).toBe(6)
      expect(await rpc.invoke('callWith', [add, 2])).toBe(7)
      const counter = await rpc.invoke<{ up(by: number): Promise<number> }>('counter')
      expect(await counter.up(1)).toBe(2)
      expect(await get(counter as never, 'n' as never)).toBe(0)
      expect(await rpc.invoke('failureOf', [() => Promise.reject(new RangeError('here'))])).toMatch(
        /^RangeError.*here/,
      )
    })

    test('C52: streams both ways, to the end and left early', async () => {
      const rpc = await connect()
      const read = async (method: string, ...args: unknown[]): Promise<number[]> => {
        const all: number[] = []
        for await (const n of await rpc.invoke<AsyncIterable<number>>(method, args)) all.push(n)
        return all
      }
      expect(await within(45_000, read('count', 3))).toEqual([1, 2, 3])
      expect(await read('countSync', 3)).toEqual([1, 2, 3])
      expect((await within(45_000, read('count', 5_000))).length).toBe(5_000)
      // For longer than a stream goes on without a pause.
      expect((await within(45_000, read('spin', 40))).length).toBe(40)
      async function* numbers(to: number): AsyncGenerator<number> {
        for (let n = 1; n <= to; n++) yield n
      }
      expect(await within(45_000, rpc.invoke('sum', [numbers(3_000)]))).toBe(4_501_500)
      let isOver = false
      async function* until(): AsyncGenerator<number> {
        try {
          for (let n = 1; ; n++) yield n
        } finally {
          isOver = true
        }
      }
      expect(await rpc.invoke('firstOf', [until()])).toBe(1)
      await expect.poll(() => isOver).toBe(true)
      for await (const n of await rpc.invoke<AsyncIterable<number>>('endless')) if (n > 2) break
      await expect.poll(() => rpc.invoke('ended')).toBe(1)
    })

    test('C52: a call is cancelled from this side, and its handler sees it', async () => {
      const rpc = await connect()
      await rpc.connect()
      const controller = new AbortController()
      const hanging = rpc.invoke('hang', [], { signal: controller.signal })
      controller.abort()
      expect(await rejection(hanging)).toBe(controller.signal.reason)
      await expect.poll(() => rpc.invoke('aborts')).toEqual(['AbortError'])
      expect(await rejection(rpc.invoke('hang', [], { timeout: 20 }))).toMatchObject({ code: -32300 })
      await expect.poll(() => rpc.invoke('aborts')).toEqual(['AbortError', 'TimeoutError'])
    })

    test('C52: signals cross, there and back, before and after they abort', async () => {
      const rpc = await connect()
      const aborted = AbortSignal.abort()
      expect(await rpc.invoke('waitFor', [aborted])).toBe('AbortError')
      for (const method of ['waitFor', 'relaySignal']) {
        const controller = new AbortController()
        const waiting = rpc.invoke(method, [controller.signal])
        await rpc.invoke('add', [1, 1])
        controller.abort(new RangeError('enough'))
        expect(await within(45_000, waiting)).toBe('RangeError')
      }
      const stop = new AbortController()
      const stopped = rpc.invoke('relayOwnSignal', [], { signal: stop.signal })
      await rpc.invoke('add', [1, 1])
      stop.abort()
      expect(await rejection(stopped)).toMatchObject({ name: 'AbortError' })
      const there = new AbortController()
      const hanging = rpc.invoke('hangThere', [there.signal])
      await rpc.invoke('add', [1, 1])
      there.abort()
      expect(await within(45_000, hanging)).toMatch(/^AbortError/)
    })

    test(`C52: a deadline in the realm ${lacks.timers ? 'is refused, and says why' : 'counts'}`, async () => {
      const rpc = await connect()
      const late = await within(45_000, rpc.invoke<string>('relayWith', [{ timeout: 20 }, 'never']))
      expect(late).toMatch(lacks.timers ? /^TypeError : .*no timers/ : /-32300/)
      expect(late.length).toBeLessThanOrEqual(LONGEST)
      expect(await rpc.invoke('relayWith', [{ timeout: 0 }, 'double', 2])).toBe('nothing: 4')
      expect(await rpc.invoke('relayWith', [{ timeout: Infinity }, 'double', 2])).toBe('nothing: 4')
      expect(await rpc.invoke('connects', [0])).toMatch(/^nothing/)
      for (const option of ['timeout', 'connectTimeout', 'heartbeat'])
        expect(await rpc.invoke('makes', [{ [option]: 60_000, plain: true }])).toMatch(
          lacks.timers ? /^TypeError : .*no timers/ : /^nothing/,
        )
    })

    test.runIf(lacks.transfer)('C52: moving a buffer is refused, and it stays', async () => {
      const rpc = await connect()
      const buffer = new ArrayBuffer(8)
      const moved = rpc.invoke('take', [buffer], { transfer: [buffer] })
      expect(await outcome(moved)).toMatch(/^Refused: /)
      expect(buffer.byteLength).toBe(8)
      expect(await outcome(rpc.invoke('giveAway', [4]))).toMatch(/^Refused: /)
      expect(await rpc.invoke('take', [buffer])).toBe(8)
    })

    test.skipIf(lacks.transfer)('C52: buffers move both ways', async () => {
      const rpc = await connect()
      const buffer = new ArrayBuffer(8)
      expect(await rpc.invoke('take', [buffer], { transfer: [buffer] })).toBe(8)
      expect(buffer.byteLength).toBe(0)
      expect((await rpc.invoke<ArrayBuffer>('give', [16])).byteLength).toBe(16)
      expect(await rpc.invoke('giveAway', [4])).toEqual([4, 0])
    })

    test('C52: what the realm has no class for is refused in words, and nothing hangs', async () => {
      const rpc = await connect()
      const lacking = new Set(await rpc.invoke<readonly string[]>('lacks'))
      const values: readonly (readonly [name: string, value: object])[] = [
        ['URL', new URL('https://a.example/')],
        ['URLSearchParams', new URLSearchParams('a=1')],
        ['Headers', new Headers([['a', '1']])],
      ]
      for (const [name, value] of values) {
        const told = await outcome(rpc.invoke('kindOf', [value]))
        expect(told).toMatch(
          lacking.has(name) ? new RegExp(`^Refused: .*no \`${name}\` here`) : `[object ${name}]`,
        )
      }
      const fromHere = { URL: 'query', URLSearchParams: 'params' }
      for (const [name, method] of Object.entries(fromHere).filter(([name]) => lacking.has(name)))
        expect(await outcome(rpc.invoke('relay', [method]))).toMatch(
          new RegExp(`^Refused: .*no \`${name}\` here`),
        )
    })

    test('C52: what the platform cannot carry there is refused in words, and calls that run go on', async () => {
      const rpc = await connect()
      await rpc.connect()
      const controller = new AbortController()
      const running = rpc.invoke('waitFor', [controller.signal])
      const values: readonly object[] = [new Blob(['a']), new DOMException('no', 'DataCloneError')]
      for (const value of values) {
        // In the midst of others.
        const others = [1, 2, 3].map((n) => rpc.invoke('add', [n, n]))
        const call = rpc.invoke('kindOf', [value])
        others.push(rpc.invoke('add', [4, 4]))
        expect(await outcome(call)).toMatch(ARRIVED_OR_REFUSED)
        expect(await Promise.all(others)).toEqual([2, 4, 6, 8])
        const batch = rpc.batch((call) => [call('add', [1, 1]), call('kindOf', [value])])
        expect(await outcome(batch)).toMatch(ARRIVED_OR_REFUSED)
      }
      async function* items(): AsyncGenerator<unknown> {
        yield 1
        yield* values
      }
      expect(await outcome(rpc.invoke('kindsOf', [items()]))).toMatch(ARRIVED_OR_REFUSED)
      controller.abort()
      expect(await running).toBe('AbortError')
      expect(await rpc.invoke('add', [1, 2])).toBe(3)
    })

    test('C52: a ReadableStream crosses both ways, or is refused', async () => {
      const rpc = await connect()
      const source = new ReadableStream<number>({
        start(controller) {
          for (const n of [1, 2]) controller.enqueue(n)
          controller.close()
        },
      })
      const sum = await within(45_000, rpc.invoke('sum', [source])).catch((error: unknown) => error)
      // One that the platform moves arrives all the same.
      expect(String(sum)).toMatch(lacks.readable ? /^3$|no `ReadableStream`|cannot read something/ : /^3$/)
      if (lacks.readable) return
      const chunks: string[] = []
      const reader = (await rpc.invoke<ReadableStream<string>>('readable')).getReader()
      for (let one; !(one = await within(45_000, reader.read())).done;) chunks.push(one.value)
      expect(chunks).toEqual(['a', 'b'])
    })

    test('C52: destroy() here ends what runs there', async () => {
      const rpc = await connect()
      await rpc.connect()
      const hanging = rpc.invoke('hang')
      rpc.destroy()
      expect(await rejection(hanging)).toMatchObject({ code: -32051 })
    })
  })
}
