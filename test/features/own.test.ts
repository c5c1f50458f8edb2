/** Features of users: what `around.call` and `around.handle` see, and what they may do. */
import { expect, test, vi } from 'vitest'
import * as core from '../../src/core.ts'
import { callContext, type Feature, proxy, type Remote, RPC, RPCError } from '../../src/index.ts'
import { linkedPair } from '../../src/testing.ts'
import { connectedPair } from '../peer/pair.ts'

class Counter {
  value = 0
  add(by: number): number {
    return (this.value += by)
  }
}

interface Seen {
  readonly method: string
  readonly params: unknown
  readonly target?: object | undefined
}

function watching(): { readonly seen: Seen[]; readonly calls: Seen[]; readonly feature: Feature } {
  const seen: Seen[] = []
  const calls: Seen[] = []
  const feature: Feature = () => ({
    around: {
      call: (next) => (method, params, options) => {
        calls.push({ method, params })
        return next(method, params, options)
      },
      handle: (next) => (handler, call) => {
        const { method, params, target } = call
        seen.push({ method, params, target })
        return next(handler, call)
      },
    },
  })
  return { seen, calls, feature }
}

test('around.handle sees registered methods, and calls of passed functions, members and constructors', async () => {
  const { seen, feature } = watching()
  const counter = new Counter()
  const callback = (n: number): number => n + 1
  using pair = await connectedPair({
    left: { methods: { call: (given: (n: number) => Promise<number>) => given(1) } },
    right: { use: [feature], methods: { counter: () => proxy(counter), Counter, math: { max: Math.max } } },
  })
  const { left, right } = pair
  expect(await right.invoke('call', [callback])).toBe(2)
  const remote = await left.invoke<Remote<Counter>>('counter')
  expect(await remote.add(2)).toBe(2)
  const { Counter: RemoteCounter } = left.remote<{ Counter: typeof Counter }>()
  const made = await new RemoteCounter()
  expect(await made.add(5)).toBe(5)
  expect(await left.invoke('math.max', [1, 2])).toBe(2)
  expect(seen).toEqual([
    { method: '', params: [1], target: callback },
    { method: 'counter', params: undefined, target: undefined },
    { method: 'add', params: [2], target: counter },
    { method: 'Counter', params: [], target: undefined },
    { method: 'add', params: [5], target: expect.any(Counter) },
    { method: 'math.max', params: [1, 2], target: undefined },
  ])
})

test('around.call sees calls of remotes, of batches and with isNotify, and gets no more than three arguments', async () => {
  const lengths: number[] = []
  const { calls, feature } = watching()
  const counting: Feature = () => ({
    around: {
      call:
        (next) =>
        (...args) => {
          lengths.push(args.length)
          return next(...args)
        },
    },
  })
  using pair = await connectedPair({
    left: { use: [feature, counting] },
    right: { methods: { add: (a: number, b: number) => a + b } },
  })
  const { left } = pair
  await left.invoke('add', [1, 2])
  await left.remote<{ add(a: number, b: number): number }>().add(3, 4)
  await left.batch((call) => [call('add', [5, 6])])
  await left.invoke('note', [7], { isNotify: true })
  expect(calls).toEqual([
    { method: 'add', params: [1, 2] },
    { method: 'add', params: [3, 4] },
    { method: 'add', params: [5, 6] },
    { method: 'note', params: [7] },
  ])
  expect(new Set(lengths)).toEqual(new Set([3]))
})

const twice: Feature = () => ({
  around: {
    call: (next) => async (method, params, options) => {
      try {
        return await next(method, params, options)
      } catch {
        return next(method, params, options)
      }
    },
  },
})

test('a retry works, and in a batch it throws', async () => {
  let calls = 0
  const flaky = (): number => {
    if (++calls % 2) throw new RPCError(1, 'once more')
    return calls
  }
  using pair = await connectedPair({ left: { use: [twice] }, right: { methods: { flaky } } })
  expect(await pair.left.invoke('flaky')).toBe(2)
  const batch = pair.left.batch((call) => [call('flaky')])
  await expect(batch).rejects.toThrow(TypeError)
  await expect(batch).rejects.toThrow(/batch has been sent already/)
  expect(calls).toBe(3)
})

test('a wrapper that waits before its call takes it out of the batch, and says so', async () => {
  const late: Feature = () => ({
    around: {
      call:
        (next) =>
        async (...call) => {
          await Promise.resolve()
          return next(...call)
        },
    },
  })
  using pair = await connectedPair({ left: { use: [late] }, right: { methods: { one: () => 1 } } })
  expect(await pair.left.invoke('one')).toBe(1)
  await expect(pair.left.batch((call) => [call('one')])).rejects.toThrow(/batch has been sent already/)
})

test('the first of the list is the outermost, and each may answer by itself', async () => {
  const order: string[] = []
  const named =
    (name: string): Feature =>
    () => ({
      around: {
        call:
          (next) =>
          (...call) => {
            order.push(name)
            return next(...call)
          },
      },
    })
  const cached: Feature = () => ({ around: { call: () => () => Promise.resolve('cached') } })
  using pair = await connectedPair({ left: { use: [named('a'), [named('b')], cached, named('c')] } })
  expect(await pair.left.invoke('anything')).toBe('cached')
  expect(order).toEqual(['a', 'b'])
})

test('what around.handle throws is answered like an error of the handler, and callContext() works in it', async () => {
  const guard: Feature = ({ transport }) => ({
    around: {
      handle: (next) => (handler, call) => {
        expect(callContext()).toBe(call)
        expect(callContext().transport).toBe(transport)
        if (call.method === 'secret') throw new RPCError(1403, 'not for you')
        return next(handler, call)
      },
    },
  })
  using pair = await connectedPair({ right: { use: [guard], methods: { secret: () => 1, open: () => 2 } } })
  await expect(pair.left.invoke('secret')).rejects.toMatchObject({ code: 1403, message: 'not for you' })
  expect(await pair.left.invoke('open')).toBe(2)
})

test('a fallback is seen, pings and properties of the wire are not', async () => {
  vi.useFakeTimers()
  const { seen, calls, feature } = watching()
  using pair = await connectedPair({
    left: { use: [feature], heartbeat: 1_000 },
    right: { use: [feature], fallback: (method) => method, methods: { hang: () => new Promise(() => {}) } },
  })
  expect(await pair.left.invoke('other')).toBe('other')
  pair.left.invoke('hang').catch(() => {})
  await vi.advanceTimersByTimeAsync(5_000)
  vi.useRealTimers()
  expect(pair.wire.some(({ message }) => Reflect.get(Object(message), 'method') === 'rpc.ping')).toBe(true)
  expect(seen.map(({ method }) => method)).toEqual(['other', 'hang'])
  expect(calls.map(({ method }) => method)).toEqual(['other', 'hang'])
})

test('validate is told of what was passed by reference by its target', async () => {
  const seen: unknown[] = []
  const callback = (): string => 'called'
  const counter = new Counter()
  using pair = await connectedPair({
    left: { methods: { call: (given: () => unknown) => given() } },
    right: {
      methods: { counter: () => proxy(counter), Counter },
      validate: (method, params, { target }) => {
        seen.push([method, params, target])
        if (target === counter && method === 'add' && params?.[0 as never] === 13) throw new Error('unlucky')
      },
    },
  })
  expect(await pair.right.invoke('call', [callback])).toBe('called')
  const remote = await pair.left.invoke<Remote<Counter>>('counter')
  await expect(remote.add(13)).rejects.toMatchObject({ code: -32602, message: 'unlucky' })
  expect(counter.value).toBe(0)
  await new (pair.left.remote<{ Counter: typeof Counter }>().Counter)()
  expect(seen).toEqual([
    ['', [], callback],
    ['counter', undefined, undefined],
    ['add', [13], counter],
    ['Counter', [], undefined],
  ])
})

test('use is an option of wrap and expose, with and without a preset', async () => {
  for (const { expose, wrap } of [core, await import('../../src/index.ts')]) {
    const { calls, seen, feature } = watching()
    const { left, right } = linkedPair()
    expose({ one: () => 1 }, right, { use: [feature] })
    const remote = wrap<{ one(): number }>(left, { use: [feature] })
    expect(await remote.one()).toBe(1)
    expect([calls.length, seen.length]).toEqual([1, 1])
  }
})

test('a feature that adds nothing may return nothing', async () => {
  let made = 0
  using pair = await connectedPair({
    left: { use: [() => void made++] },
    right: { methods: { one: () => 1 } },
  })
  expect(await pair.left.invoke('one')).toBe(1)
  expect(made).toBe(1)
  expect(pair.right).toBeInstanceOf(RPC)
})
