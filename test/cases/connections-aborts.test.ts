/** What a handler is told when its caller has given up. */
import { afterEach, describe, expect, test, vi } from 'vitest'
import { callContext, lspDialect, mcpDialect, withOptions } from '../../src/index.ts'
import { alone, connectedPair, notification, request, turn } from '../peer/pair.ts'

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

/** A method that runs until its caller gives up, and keeps what it is told. */
function waiting() {
  const reasons: unknown[] = []
  const wait = (): Promise<void> => {
    const { signal } = callContext()
    return new Promise((_, reject) => {
      signal.addEventListener('abort', () => {
        reasons.push(signal.reason)
        reject(signal.reason as Error)
      })
    })
  }
  return { reasons, methods: { wait } }
}

const abortError = { name: 'AbortError', message: 'The caller cancelled', code: DOMException.ABORT_ERR }
const timeoutError = { name: 'TimeoutError', code: DOMException.TIMEOUT_ERR }

describe.each([
  ['objects', {}],
  ['text', { text: true }],
] as const)('C55: over %s', (_, link) => {
  test('C55: a caller that cancels aborts the signal by an AbortError', async () => {
    for (const why of [undefined, 'enough', new Error('enough'), { code: -1 }, null]) {
      const { reasons, methods } = waiting()
      using pair = await connectedPair({ right: { methods }, link })
      const abort = new AbortController()
      const call = pair.left.invoke('wait', null, { signal: abort.signal })
      call.catch(() => {})
      await turn()
      abort.abort(why)
      await turn()
      expect(reasons).toMatchObject([abortError])
      expect(reasons[0]).toBeInstanceOf(DOMException)
    }
  })

  test('C55: a deadline of the caller aborts it by a TimeoutError, also one of its signal and of its RPC', async () => {
    const { reasons, methods } = waiting()
    using pair = await connectedPair({ right: { methods }, left: { timeout: 30 }, link })
    const remote = pair.left.remote<typeof methods>()
    const calls = [
      pair.left.invoke('wait', null, { timeout: 10 }),
      pair.left.invoke('wait'),
      withOptions(remote, { signal: AbortSignal.timeout(10), timeout: 0 }).wait(),
    ]
    await Promise.allSettled(calls)
    await turn()
    await turn()
    expect(reasons).toMatchObject([timeoutError, timeoutError, timeoutError])
    expect(reasons[0]).toBeInstanceOf(DOMException)
  })
})

test('C55: where there is no DOMException, it is an Error of that name', async () => {
  const { reasons, methods } = waiting()
  using pair = await connectedPair({ right: { methods } })
  vi.stubGlobal('DOMException', undefined)
  pair.link.inject('left', request(7, 'wait'))
  pair.link.inject('left', request(8, 'wait'))
  await turn()
  pair.link.inject('left', notification('rpc.cancel', [7]))
  pair.link.inject('left', notification('rpc.cancel', [8, -32300]))
  await turn()
  expect(reasons).toMatchObject([{ name: 'AbortError' }, { name: 'TimeoutError' }])
  expect(reasons.every((reason) => reason instanceof Error)).toBe(true)
})

test('C55: what else stands in rpc.cancel says nothing', async () => {
  const { reasons, methods } = waiting()
  using pair = await connectedPair({ right: { methods } })
  const more = [undefined, null, 'TimeoutError', '-32300', [-32300], { code: -32300 }, -32301]
  more.forEach((what, i) => {
    pair.link.inject('left', request(i + 10, 'wait'))
    pair.link.inject('left', notification('rpc.cancel', [i + 10, what]))
  })
  await turn()
  await turn()
  expect(reasons).toMatchObject(more.map(() => abortError))
})

test('C55: a plain peer cancels by its dialect, and an answer has the code of that', async () => {
  const own = { ...lspDialect, code: -32001 }
  for (const dialect of [lspDialect, own, mcpDialect]) {
    const { reasons, methods } = waiting()
    using server = alone({ methods, dialect })
    const [{ method, params }, answers] = [dialect, dialect.answerExpected]
    server.receive(request(1, 'wait'), notification(method, params(1, 'enough')))
    await turn()
    expect(reasons).toMatchObject([abortError])
    expect(server.posted).toMatchObject(answers ? [{ id: 1, error: { code: dialect.code } }] : [])
  }
})

test('C55: the end of the peer and destroy() are told as they are', async () => {
  const { reasons, methods } = waiting()
  using pair = await connectedPair({ right: { methods } })
  pair.left.invoke('wait').catch(() => {})
  await turn()
  pair.left.destroy()
  await turn()
  expect(reasons).toMatchObject([{ name: 'RPCError', code: -32050 }])
})

test('C55: only a cancel for a deadline says more than the id', async () => {
  const { methods } = waiting()
  using pair = await connectedPair({ right: { methods } })
  const abort = new AbortController()
  const calls = [
    pair.left.invoke('wait', null, { id: 'a', signal: abort.signal }),
    pair.left.invoke('wait', null, { id: 'b', timeout: 5 }),
  ]
  abort.abort()
  await Promise.allSettled(calls)
  const cancels = pair.wire.filter(({ message }) => Reflect.get(Object(message), 'method') === 'rpc.cancel')
  expect(cancels.map(({ message }) => Reflect.get(Object(message), 'params') as unknown)).toEqual([
    ['a'],
    ['b', -32300],
  ])
})
