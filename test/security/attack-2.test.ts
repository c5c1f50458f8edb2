/**
 * Attacks of a second reading on the rules R1 to R5, as a peer sends them. Costs are compared with those of a message of the
 * same kind that does no harm, or have a bound that no machine misses.
 */
import fs, * as ns from 'node:fs'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { singleCalls } from '../../src/adapters/nats/single-calls.ts'
import { callAll } from '../../src/adapters/socket-io/room-calls.ts'
import { socketIoTransport } from '../../src/adapters/socket-io/socket-io.ts'
import { ErrorCode, portcallDialect, proxy, RPC, RPCError, type RPCInitOptions } from '../../src/index.ts'
import { textTransport } from '../../src/transport/text.ts'
import { createOwed } from '../../src/peer/owed.ts'
import type { Receiver } from '../../src/transport/transport.ts'
import { toDetailedError } from '../../src/values/error-details.ts'
import { sizeOf } from '../../src/values/size.ts'

const open: RPC[] = []
afterEach(() => {
  for (const rpc of open.splice(0)) rpc.destroy()
})

const hello = {
  jsonrpc: '2.0',
  id: 'evil',
  method: 'rpc.connect',
  params: { session: 'evil', version: 1, capabilities: ['values', 'details', 'cancel', 'close'] },
}

interface Victim {
  readonly rpc: RPC
  readonly posted: { readonly [member: string]: unknown }[]
  readonly receive: (message: unknown) => void
}

/** An RPC over a medium that clones; what it receives is what a clone would be. */
function cloning(options: Omit<RPCInitOptions, 'transport'> = {}): Victim {
  let receiver: Receiver | undefined
  const posted: Victim['posted'] = []
  const rpc = new RPC({
    ...options,
    transport: {
      post: (message) => void posted.push(message as never),
      listen: (to) => void (receiver = to),
      close() {},
    },
  })
  open.push(rpc)
  const receive = (message: unknown): void => receiver?.message(structuredClone(message))
  receive(hello)
  return { rpc, posted, receive }
}

function texting(options: Omit<RPCInitOptions, 'transport'> = {}): Victim {
  const posted: Victim['posted'] = []
  let say: (text: string) => void = () => {}
  const rpc = new RPC({
    ...options,
    transport: textTransport({
      endpoint: {},
      send: (text) => void posted.push(JSON.parse(text) as never),
      listen: (ears) => {
        say = ears.text
        return () => {}
      },
    }),
  })
  open.push(rpc)
  const receive = (message: unknown): void =>
    say(typeof message === 'string' ? message : JSON.stringify(message))
  receive(hello)
  return { rpc, posted, receive }
}

const request = (id: number, method: string, params?: unknown, values?: unknown): object => ({
  jsonrpc: '2.0',
  id,
  method,
  ...(params !== undefined && { params }),
  ...(values !== undefined && { values }),
})

const spent = (step: () => void): number => {
  const since = process.cpuUsage()
  step()
  const { user, system } = process.cpuUsage(since)
  return (user + system) / 1_000
}

// What this machine takes for a piece of work that took 10 ms where the limits below were found.
const slowness = (): number =>
  Math.max(
    1,
    spent(() => {
      for (let i = 0; i < 10; i++)
        JSON.parse(JSON.stringify(Array.from({ length: 20_000 }, (_, n) => [n, `${n}`])))
    }) / 60,
  )

/** Milliseconds of the processor, on a machine like that one. */
const took = (step: () => void): number => spent(step) / slowness()

const zeros = (length: number): number[] => Array.from({ length }, () => 0)
// Enough marks that the message is counted.
const signals = (from: number, count: number): unknown[] =>
  Array.from({ length: count }, (_, i) => [[from + i], 'signal', i + 1])

describe('what a value says of its size', () => {
  test.each([1e300, -1e15, Number.NaN, 'x', { length: 1 }])(
    'R2: a member `byteLength` %o counts as a member',
    (byteLength) => {
      const size = sizeOf({ byteLength, text: 'x'.repeat(1_000) })
      expect(size).toBeGreaterThan(2_000)
      expect(size).toBeLessThan(3_000)
    },
  )

  test('R5: a list as `byteLength`, which stands twice in a list that stands twice, is not converted', () => {
    let list: unknown[] = ['x']
    for (let i = 0; i < 27; i++) list = [list, list]
    const { receive, posted, rpc } = cloning()
    rpc.registerMethod('f', () => 1)
    expect(
      took(() => receive(request(1, 'f', [{ byteLength: list }, ...zeros(600)], signals(1, 600)))),
    ).toBeLessThan(2_000)
    expect(posted.at(-1)).toMatchObject({ id: 1 })
  })

  test('R1: a boxed text is not taken apart into its characters', () => {
    // oxlint-disable-next-line no-new-wrappers -- such values can be received
    const boxed = new String('x'.repeat(4_000_000))
    expect(took(() => expect(sizeOf(boxed)).toBeGreaterThan(8_000_000))).toBeLessThan(500)
  })

  const long = 'x'.repeat(1_000_000)
  const hollow: unknown[] = [long]
  hollow.length = 60
  test.each([
    ['a list with holes', hollow, 2e6],
    ['a named member of a list', Object.assign([], { long }), 2e6],
    ['the source of a RegExp', new RegExp(long), 2e6],
    ['a bigint', 1n << 8_000_000n, 1e6],
  ])('R2: %s counts', (_, value, least) => {
    expect(sizeOf(value)).toBeGreaterThanOrEqual(least)
  })

  test('R2: answers that wait in a batch are bounded whatever they are', async () => {
    const { receive, posted, rpc } = cloning({ limits: { maxHeldBytes: 3_000_000 } })
    const waiting: (() => void)[] = []
    rpc.registerMethod('echo', (value) => value)
    rpc.registerMethod('wait', () => new Promise<void>((resolve) => waiting.push(resolve)))
    receive([1, 2, 3].map((id) => request(id, 'echo', [hollow])).concat(request(4, 'wait')))
    waiting.forEach((resolve) => resolve())
    await new Promise((resolve) => setTimeout(resolve))
    const answers = posted.at(-1) as unknown as { readonly error?: { readonly code: number } }[]
    expect(answers.filter(({ error }) => error?.code === ErrorCode.BUSY)).toHaveLength(2)
  })
})

describe('what stands in several places', () => {
  test('R3: entries of a batch that share their params reach nothing of an object that came home', () => {
    const widget = { secret: { key: ['s3cret'] }, nested: { a: 1 }, save: () => 'mine' }
    const { save } = widget
    const { receive, posted, rpc } = cloning()
    rpc.registerMethod('widget', () => proxy(widget))
    rpc.registerMethod('second', (_: unknown, value: unknown) => value)
    receive(request(1, 'widget'))
    const params = [0, 0]
    receive([
      request(2, 'second', params, [[[0], 'home', 1]]),
      request(3, 'second', params, [[[1], 'same', [0, 'secret']]]),
      request(4, 'second', params, [[[0, 'save'], 'function', 77]]),
      request(5, 'second', params, [[[0, 'nested', 'a'], 'function', 78]]),
    ])
    expect(widget).toEqual({ secret: { key: ['s3cret'] }, nested: { a: 1 }, save })
    expect(JSON.stringify(posted)).not.toContain('s3cret')
  })

  // Not mended: what a handler writes into its params is reached by the paths of a later entry that shares them.
  test('R3: nor of what a handler wrote into the params that they share', () => {
    const db = { close: () => 'mine' }
    const { close } = db
    const { receive, rpc } = cloning()
    rpc.registerMethod('init', (options: object) => void Object.assign(options, { db }))
    const params = [{}]
    receive([request(1, 'init', params), request(2, 'init', params, [[[0, 'db', 'close'], 'function', 5]])])
    expect(db.close).toBe(close)
  })

  test('R1: fields that stand in many errors are paid for each time', () => {
    const fields = Object.fromEntries(Array.from({ length: 30_000 }, (_, i) => [`k${i}`, 0]))
    const error = (inner: object): object => ({ code: 1, message: 'm', details: { name: 'E', ...inner } })
    const many = (make: () => object): object[] => Array.from({ length: 100 }, make)
    const deep = error({ errors: many(() => error({ errors: many(() => error({ fields })) })) })
    const { receive, posted, rpc } = cloning()
    rpc.registerMethod('f', () => 1)
    expect(took(() => receive(request(1, 'f', [[deep]], [[[0], 'signal', 0]])))).toBeLessThan(10_000)
    expect(posted.at(-1)).toMatchObject({ error: { code: ErrorCode.INVALID_PARAMS } })
  })

  test('R1: what is no number is not sent back for each mark of an answer that nobody takes', () => {
    const { receive, posted } = cloning()
    const before = posted.length
    const large = zeros(10_000)
    receive({ jsonrpc: '2.0', id: 12_345, result: 0, values: zeros(1_000).map(() => [[], 'stream', large]) })
    expect(posted.slice(before)).toEqual([])
  })

  test('R2: a signal has a number, as it is kept', () => {
    const { receive, posted, rpc } = cloning()
    rpc.registerMethod('f', () => 1)
    receive(request(1, 'f', [0], [[[0], 'signal', ['x'.repeat(1_000)]]]))
    expect(posted.at(-1)).toMatchObject({ error: { code: ErrorCode.INVALID_PARAMS } })
  })
})

describe('text', () => {
  test('R1: a RegExp of many properties of strings, 7 ms for 13 letters, is refused', () => {
    const { receive, posted, rpc } = texting()
    rpc.registerMethod('f', (value: RegExp) => value.source.length)
    const source = String.raw`\p{RGI_Emoji}`
    expect(took(() => receive(request(1, 'f', [source.repeat(1_000)], [[[0], 'RegExp', 'v']])))).toBeLessThan(
      1_000,
    )
    expect(posted.at(-1)).toMatchObject({ error: { code: ErrorCode.INVALID_PARAMS } })
    receive(request(2, 'f', [String.raw`[\p{L}\p{N}_]+`], [[[0], 'RegExp', 'u']]))
    expect(posted.at(-1)).toMatchObject({ result: 14 })
  })

  const nested = (depth: number, item: string, count: number): string =>
    `{"jsonrpc":"2.0","id":1,"method":"f","params":[${'['.repeat(depth)}${Array(count).fill(item).join(',')}${']'.repeat(depth)}]}`

  test('R1: an echo of many lists at a great depth makes no path for each', () => {
    const { receive, posted, rpc } = texting()
    rpc.registerMethod('f', (value) => value)
    const before = process.memoryUsage().heapUsed
    receive(nested(900, '[]', 20_000))
    expect(posted.at(-1)).toHaveProperty('result')
    // 144 MB, were there a list of 900 keys for each.
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(100e6)
  })

  test('R1: an echo of many values that need a mark at a great depth is refused', () => {
    const { receive, posted, rpc } = texting()
    rpc.registerMethod('f', (value) => value)
    receive(nested(900, '-0', 20_000))
    expect(posted.at(-1)).toMatchObject({ error: { code: ErrorCode.INTERNAL_ERROR } })
    expect(String((posted.at(-1)?.['error'] as Error).message)).toContain('too many values')
  })

  test('R1: an answer in a room has the budget of a message', async () => {
    const bytes = new Uint8Array(100_000)
    const count = 2_000
    const values = Array.from({ length: count }, (_, i) => [
      [[i + 1], 'same', [0]],
      [[i + 1], 'ArrayBuffer'],
    ]).flat()
    const socket = {
      id: 'a',
      timeout: () => ({
        emit: (_: string, { id }: { id: string }, ack: (late: unknown, answer: unknown) => void) =>
          ack(undefined, { jsonrpc: '2.0', id, result: [bytes, ...zeros(count)], values }),
      }),
    }
    const to = { emit() {}, fetchSockets: async () => [socket as never] }
    const answers = await callAll(to, [socket as never], { method: 'f' }, { ms: 1_000, heartbeat: 1_000 })
    expect(answers).toMatchObject([{ status: 'rejected', reason: { code: ErrorCode.INVALID_RESPONSE } }])
  })
})

describe('a peer that does not read', () => {
  test('R2: is cut by the bytes of what it is owed, too', () => {
    let cuts = 0
    let posts = 0
    const peer = {
      post: () => {
        posts++
        throw new RPCError(ErrorCode.BUSY, 'full')
      },
      transport: { cut: () => cuts++ },
      attempt: (_: unknown, step: () => unknown) => step(),
    } as never as Parameters<typeof createOwed>[0]
    createOwed(peer)
    for (let i = 0; i < 20; i++) peer.owe({ jsonrpc: '2.0', id: 'x'.repeat(1_000_000), result: i })
    expect(posts).toBe(20)
    expect(cuts).toBeGreaterThan(0)
  })
})

describe('references', () => {
  test('R3: no dotted name steps into a module or a namespace of the language', () => {
    const api = { deps: { fs, ns, Reflect, own: { hello: () => 'hello' } } }
    const { receive, posted, rpc } = cloning()
    rpc.registerMethod('api', () => proxy(api))
    receive(request(1, 'api'))
    for (const name of ['deps.fs.readFileSync', 'deps.ns.readFileSync', 'deps.Reflect.ownKeys']) {
      receive(request(2, 'rpc.call', [1, name, '/etc/hostname']))
      expect(posted.at(-1)).toMatchObject({ error: { code: ErrorCode.METHOD_NOT_FOUND } })
    }
    receive(request(3, 'rpc.call', [1, 'deps.own.hello']))
    expect(posted.at(-1)).toMatchObject({ result: 'hello' })
  })

  test.each(['memory', 'view'])('R3: shared memory does not leave by being read: %s', (name) => {
    const memory = new SharedArrayBuffer(8)
    const { receive, posted, rpc } = cloning()
    rpc.registerMethod('api', () => proxy({ memory, view: new Uint8Array(memory) }))
    receive(request(1, 'api'))
    receive(request(2, 'rpc.get', [1, name]))
    expect(posted.at(-1)).toMatchObject({ error: { code: ErrorCode.INTERNAL_ERROR } })
  })
})

describe('adapters', () => {
  test('R2: acknowledgements of what is never answered are not kept', () => {
    const listeners = new Map<string, (...args: unknown[]) => void>()
    const socket = {
      connected: true,
      handshake: { auth: {}, headers: {} },
      emit: () => true,
      on: (event: string, listener: () => void) => listeners.set(event, listener),
      off: (event: string) => listeners.delete(event),
    }
    const rpc = new RPC({ transport: socketIoTransport(socket) })
    open.push(rpc)
    const seen = vi.spyOn(Map.prototype, 'set')
    const ack = (): void => {}
    const send = (message: object): void => listeners.get('rpc.message')?.(message, ack)
    send({ jsonrpc: '2.0', id: 'a', result: 1 })
    send({ jsonrpc: '2.0', id: 'b', method: 5 })
    send({ jsonrpc: '2.0', id: ['c'], method: 'f' })
    send({ jsonrpc: '2.0', id: 'd'.repeat(1_000), method: 'f' })
    const kept = seen.mock.calls.filter(([, value]) => value === ack)
    seen.mockRestore()
    expect(kept).toEqual([])
  })

  test('R1, R2: invalid requests at a NATS subject are forgotten, and a cancel looks at one call', () => {
    const calls = singleCalls({ publish() {} } as never)
    const rpc = new RPC({ transport: calls.transport, dialect: portcallDialect })
    open.push(rpc)
    for (let i = 0; i < 10_000; i++) calls.take({ jsonrpc: '2.0', id: i, method: 5 }, 'r')
    const cancels = Array.from({ length: 1_000 }, (_, i) => ({
      jsonrpc: '2.0',
      method: 'rpc.cancel',
      params: [`no${i}`],
    }))
    expect(took(() => calls.take(cancels, 'q'))).toBeLessThan(500)
  })
})

describe('errors that are thrown again', () => {
  test('R1: what stands in many fields of them is cloned up to 16 MiB in all', () => {
    const big = Array.from({ length: 20_000 }, () => 1.5)
    const error = (): Error =>
      Object.assign(new Error('m'), Object.fromEntries(zeros(100).map((_, i) => [`k${i}`, { big }])))
    const all = new AggregateError(Array.from({ length: 40 }, error))
    expect(took(() => toDetailedError(all, 'fields'))).toBeLessThan(8_000)
  })
})

// V8's hash of an integer in a Map or Set has no seed, so whoever knows it makes all of them collide.
describe('colliding numbers', () => {
  const multiply = (a: number, b: number): number => Math.imul(a, b) >>> 0
  const inverse = (odd: number): number => {
    let x = odd
    for (let i = 0; i < 6; i++) x = multiply(x, 2 - multiply(odd, x))
    return x >>> 0
  }
  const unshift = (hash: number, by: number): number => {
    let x = hash
    for (let i = 0; i < 32 / by + 1; i++) x = (hash ^ (x >>> by)) >>> 0
    return x
  }
  // The way back of V8's ComputeUnseededHash.
  const withHash = (hash: number): number => {
    let x = multiply(unshift(hash, 16), inverse(2057))
    x = multiply(unshift(x, 4), inverse(5))
    return multiply((unshift(x, 12) + 1) >>> 0, inverse(32_767)) | 0
  }
  const evil = (count: number): number[] => Array.from({ length: count }, (_, i) => withHash((i << 16) >>> 0))
  const harmless = (count: number): number[] => Array.from({ length: count }, (_, i) => 7 * i + 1)

  test.each(['function', 'signal', 'stream'])(
    'R1: numbers of a %s that collide cost what others do',
    (kind) => {
      const cost = (ids: number[]): number => {
        const { receive, rpc } = texting()
        rpc.registerMethod('f', () => new Promise(() => {}))
        // Signals are few in one message.
        return spent(() => {
          for (let i = 0; i < ids.length; i += 100) {
            const some = ids.slice(i, i + 100)
            receive(
              request(
                i,
                'f',
                zeros(100),
                some.map((id, at) => [[at], kind, id]),
              ),
            )
          }
        })
      }
      cost(harmless(4_000))
      expect(cost(evil(16_000))).toBeLessThan(5 * cost(harmless(16_000)))
    },
  )

  test('R1: ids of calls that collide cost what others do', () => {
    const cost = (ids: number[]): number => {
      const { receive, rpc } = texting()
      rpc.registerMethod('f', () => new Promise(() => {}))
      return spent(() => ids.forEach((id) => receive(request(id, 'f', []))))
    }
    cost(harmless(16_000))
    expect(cost(evil(16_000))).toBeLessThan(5 * cost(harmless(16_000)))
  })
})
