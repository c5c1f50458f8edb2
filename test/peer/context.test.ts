import { expect, test } from 'vitest'
import { type CallContext, callContext, type Receiver, RPC } from '../../src/index.ts'
import { linkedPair, runInContext } from '../../src/testing.ts'
import { alone, connectedPair, deferred, notification, outcomeOf, request, turn } from './pair.ts'

test('callContext tells a handler about its call', () => {
  const seen: CallContext[] = []
  using server = alone({ methods: { look: () => void seen.push(callContext()) } })
  server.receive(request('x', 'look', [1, 2]), notification('look', { a: 1 }), request(0, 'look'))
  expect(seen).toMatchObject([
    { id: 'x', method: 'look', params: [1, 2], transport: server.link.left, origin: undefined },
    { id: undefined, method: 'look', params: { a: 1 } },
    { id: 0, method: 'look', params: undefined },
  ])
})

test('callContext tells the origin that the transport passed on', () => {
  const { left } = linkedPair()
  let receiver: Receiver | undefined
  const origins: unknown[] = []
  using rpc = new RPC({
    transport: { ...left, listen: (theirs) => void (receiver = theirs) },
    methods: { look: () => void origins.push(callContext().origin) },
  })
  receiver?.message(request(1, 'look'), 'https://a.example')
  receiver?.message([request(2, 'look')], 'https://b.example')
  receiver?.message(request(3, 'look'))
  expect(origins).toEqual(['https://a.example', 'https://b.example', undefined])
  void rpc
})

test('callContext outside of a handler throws a TypeError that says where it works', () => {
  expect(() => callContext()).toThrow(TypeError)
  expect(() => callContext()).toThrow(/inside a handler, before its first await/)
})

test('callContext after an await throws, also while another handler is in the middle of its own', async () => {
  const gate = deferred()
  let before: CallContext | undefined
  let after: unknown
  const methods = {
    async slow() {
      before = callContext()
      await gate.promise
      try {
        after = callContext()
      } catch (error) {
        after = error
      }
    },
    quick: () => callContext().method,
  }
  using server = alone({ methods })
  server.receive(request(1, 'slow'), request(2, 'quick'))
  expect(() => callContext()).toThrow(TypeError)
  gate.resolve(undefined)
  await turn()
  expect(before?.method).toBe('slow')
  expect(after).toBeInstanceOf(TypeError)
})

test('callContext is back after a handler that throws', () => {
  using server = alone({
    methods: {
      bad: () => {
        throw new Error('no')
      },
    },
  })
  server.receive(request(1, 'bad'))
  expect(() => callContext()).toThrow(TypeError)
})

test('callContext nests: a handler that is run within a handler has its own, and gives the outer one back', () => {
  const seen: string[] = []
  const look = (): number => seen.push(callContext().method)
  using server = alone({
    methods: {
      outer() {
        look()
        server.receive(request(2, 'inner'))
        look()
      },
      inner: look,
    },
  })
  server.receive(request(1, 'outer'))
  expect(seen).toEqual(['outer', 'inner', 'outer'])
})

test('callContext works in the hooks, too', () => {
  const seen: string[] = []
  const look = (hook: string): void => void seen.push(`${hook} ${callContext().method}`)
  using server = alone({
    methods: {
      bad: () => {
        throw new Error('no')
      },
    },
    validate: () => look('validate'),
    fallback: () => look('fallback'),
    mapError: (error, context) => (seen.push(`mapError ${context.method}`), error),
  })
  server.receive(request(1, 'bad'), request(2, 'other'))
  expect(seen).toEqual(['validate bad', 'mapError bad', 'validate other', 'fallback other'])
})

test('the signal of a call is the same each time, and not aborted at first', () => {
  const signals: unknown[] = []
  using server = alone({
    methods: { look: () => void signals.push(callContext().signal, callContext().signal) },
  })
  server.receive(request(1, 'look'))
  expect(signals[0]).toBeInstanceOf(AbortSignal)
  expect(signals[0]).toBe(signals[1])
  expect(signals[0]).toHaveProperty('aborted', false)
})

test('the signal of a call aborts when the caller cancels, also if it is read only then', async () => {
  const contexts: CallContext[] = []
  const gate = deferred()
  const wait = (): Promise<unknown> => {
    contexts.push(callContext())
    return gate.promise
  }
  using pair = await connectedPair({ right: { methods: { wait } } })
  const abort = new AbortController()
  const calls = [1, 2].map((n) => pair.left.invoke('wait', [n], { signal: abort.signal }))
  const settled = Promise.allSettled(calls)
  await turn()
  const early = contexts[0]!.signal
  abort.abort(new Error('enough'))
  await settled
  await turn()
  const late = contexts[1]!.signal
  expect([early.aborted, late.aborted]).toEqual([true, true])
  expect([early.reason, late.reason]).toMatchObject([{ name: 'AbortError' }, { name: 'AbortError' }])
  gate.resolve(undefined)
})

test('only the signal of the cancelled call aborts', async () => {
  const signals: AbortSignal[] = []
  const gate = deferred()
  const wait = (): Promise<unknown> => {
    signals.push(callContext().signal)
    return gate.promise
  }
  using pair = await connectedPair({ right: { methods: { wait } } })
  const abort = new AbortController()
  const cancelled = pair.left.invoke('wait', null, { signal: abort.signal })
  const other = pair.left.invoke('wait')
  await turn()
  abort.abort('enough')
  expect(await outcomeOf(cancelled)).toEqual({ code: undefined })
  expect(signals.map((signal) => signal.aborted)).toEqual([true, false])
  gate.resolve('done')
  expect(await other).toBe('done')
})

test('runInContext gives a test the context of a handler, and takes it back', () => {
  const seen = runInContext(
    { method: 'm', params: [1], id: 7, origin: 'https://a.example' },
    (context, abort) => {
      expect(callContext()).toBe(context)
      const { signal } = callContext()
      abort('enough')
      return { ...picked(context), aborted: signal.aborted, reason: signal.reason as unknown }
    },
  )
  expect(seen).toEqual({
    method: 'm',
    params: [1],
    id: 7,
    origin: 'https://a.example',
    aborted: true,
    reason: 'enough',
  })
  expect(() => callContext()).toThrow(TypeError)
  expect(() =>
    runInContext({}, () => {
      throw new Error('no')
    }),
  ).toThrow('no')
  expect(() => callContext()).toThrow(TypeError)
})

test('runInContext nests', () => {
  const names = runInContext({ method: 'outer' }, () => [
    callContext().method,
    runInContext({ method: 'inner' }, () => callContext().method),
    callContext().method,
  ])
  expect(names).toEqual(['outer', 'inner', 'outer'])
})

const picked = ({ method, params, id, origin }: CallContext): object => ({ method, params, id, origin })
