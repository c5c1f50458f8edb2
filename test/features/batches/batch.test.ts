import { expect, test } from 'vitest'
import {
  alone,
  codeOf,
  connectedPair,
  failure,
  notification,
  outcomeOf,
  rejection,
  request,
  result,
  turn,
} from '../../peer/pair.ts'

const methods = {
  add: (a: number, b: number) => a + b,
  later: async (value: unknown) => value,
  fail: () => {
    throw Object.assign(new Error('no'), { code: 5 })
  },
}

test('a batch is one message, and resolves to what its callback returns', async () => {
  using pair = await connectedPair({ right: { methods } })
  const results = await pair.left.batch((call) => {
    call.notify('add', [0, 0])
    return [call('add', [1, 2]), 'not a call', call<string>('later', ['x']), call('add', [3, 4])]
  })
  expect(results).toEqual([3, 'not a call', 'x', 7])
  expect(pair.wire.map(({ from, message }) => [from, Array.isArray(message) && message.length])).toEqual([
    ['left', 4],
    ['right', 3],
  ])
})

test('a batch of notifications only is sent, and resolves at once', async () => {
  using client = alone()
  const batch = client.rpc.batch((call) => {
    call.notify('a')
    call.notify('b', [1])
    return []
  })
  expect(await batch).toEqual([])
  expect(client.posted).toStrictEqual([[notification('a'), notification('b', [1])]])
})

test('isNotify in a batch makes a notification of it', async () => {
  using client = alone()
  const batch = client.rpc.batch((call) => [call('a', [1], { isNotify: true })])
  expect(await batch).toEqual([undefined])
  expect(client.posted).toStrictEqual([[notification('a', [1])]])
})

test('an empty batch sends nothing', async () => {
  using client = alone()
  expect(await client.rpc.batch(() => [])).toEqual([])
  expect(await client.rpc.batch(() => ['a', 1])).toEqual(['a', 1])
  expect(client.posted).toEqual([])
})

test('a batch rejects with the first failure, and each call settles by itself', async () => {
  using pair = await connectedPair({ right: { methods } })
  let calls: Promise<unknown>[] = []
  const batch = pair.left.batch((call) => (calls = [call('add', [1, 2]), call('fail'), call('no.such')]))
  expect(await codeOf(batch)).toBe(5)
  expect(await Promise.all(calls.map(outcomeOf))).toEqual([{ value: 3 }, { code: 5 }, { code: -32601 }])
})

test('a callback that throws sends nothing, and its calls reject with what it threw', async () => {
  using client = alone()
  const reason = new Error('changed my mind')
  let made: Promise<unknown> | undefined
  const batch = client.rpc.batch((call) => {
    made = call('a')
    call.notify('b')
    void call('c')
    throw reason
  })
  expect([await rejection(batch), await rejection(made!)]).toEqual([reason, reason])
  expect(client.posted).toEqual([])
  await turn()
})

test('adding to a batch that was sent throws a TypeError that says so', async () => {
  using client = alone()
  type Add = Parameters<Parameters<typeof client.rpc.batch>[0]>[0]
  let late: Add | undefined
  await client.rpc.batch((call) => ((late = call), []))
  expect(() => late?.('a')).toThrow(/has been sent/)
  expect(() => late?.notify('a')).toThrow(TypeError)
  expect(client.posted).toEqual([])
})

test('a call of a batch can have its own id, timeout and signal', async () => {
  using client = alone()
  const abort = new AbortController()
  let calls: Promise<unknown>[] = []
  const batch = client.rpc.batch(
    (call) =>
      (calls = [
        call('a', null, { id: 'token' }),
        call('b', null, { timeout: 1 }),
        call('c', null, { signal: abort.signal }),
      ]),
  )
  const settled = Promise.allSettled([batch, ...calls])
  expect(client.posted).toMatchObject([[{ id: 'token' }, { method: 'b' }, { method: 'c' }]])
  expect(await codeOf(calls[1]!)).toBe(-32300)
  abort.abort('enough')
  client.receive(result('token', 'a'))
  expect(await settled).toMatchObject([
    { reason: { code: -32300 } },
    { value: 'a' },
    { reason: { code: -32300 } },
    { reason: 'enough' },
  ])
})

test('a call with a signal that is aborted already is not in the batch', async () => {
  using client = alone()
  const batch = client.rpc.batch((call) => [
    call('a', null, { signal: AbortSignal.abort('before') }),
    call('b'),
  ])
  expect(await rejection(batch)).toBe('before')
  expect(client.posted).toMatchObject([[{ method: 'b' }]])
})

test('a call that is aborted while the batch is collected is not in it', async () => {
  using client = alone()
  const abort = new AbortController()
  const batch = client.rpc.batch((call) => {
    const calls = [call('a', null, { signal: abort.signal }), call('b')]
    abort.abort('meanwhile')
    return calls
  })
  expect(await rejection(batch)).toBe('meanwhile')
  expect(client.posted).toMatchObject([[{ method: 'b' }]])
})

test('a batch whose only call is aborted while it is collected is not sent', async () => {
  using client = alone()
  const abort = new AbortController()
  const batch = client.rpc.batch((call) => {
    const calls = [call('a', null, { signal: abort.signal })]
    abort.abort('meanwhile')
    return calls
  })
  expect(await rejection(batch)).toBe('meanwhile')
  expect(client.posted).toEqual([])
})

test('a call that cannot be sent rejects alone, the others of its batch are sent', async () => {
  using client = alone()
  let calls: Promise<unknown>[] = []
  const batch = client.rpc.batch((call) => (calls = [call('a'), call('b', [Symbol('x')]), call('c')]))
  expect(await codeOf(batch)).toBe(-32052)
  expect(client.posted).toMatchObject([[{ method: 'a' }, { method: 'c' }]])
  client.receive([result(1, 'a')], failure(2, 1, 'not this'), result(3, 'c'))
  expect(await Promise.all(calls.map(outcomeOf))).toMatchObject([{ value: 'a' }, { code: -32052 }, {}])
})

test('a batch that the platform refuses rejects all of its calls, and nothing is sent', async () => {
  using client = alone()
  let calls: Promise<unknown>[] = []
  const batch = client.rpc.batch((call) => (calls = [call('a'), call('b', [new Proxy(new Date(), {})])]))
  expect(await codeOf(batch)).toBe(-32052)
  expect(await Promise.all(calls.map(codeOf))).toEqual([-32052, -32052])
  expect(client.posted).toEqual([])
})

test('a call whose answer is missing stays pending, the others of its batch settle', async () => {
  using client = alone()
  let calls: Promise<unknown>[] = []
  void client.rpc.batch((call) => (calls = [call('a'), call('b')])).catch(() => {})
  client.receive([result(1, 'a')])
  expect(await Promise.all(calls.map(outcomeOf))).toEqual([{ value: 'a' }, 'pending'])
})

test('one error for a whole batch, with id null, settles nothing', async () => {
  using client = alone()
  const batch = client.rpc.batch((call) => [call('a')])
  client.receive(failure(null, -32600, 'Invalid Request'))
  expect(await outcomeOf(batch)).toBe('pending')
  batch.catch(() => {})
})

test('one result of a batch that cannot be sent does not take the others with it', async () => {
  const bad = { symbol: () => Symbol('x'), proxy: () => new Proxy(new Date(), {}), port: () => new WeakMap() }
  using pair = await connectedPair({ right: { methods: { ...methods, ...bad } } })
  let calls: Promise<unknown>[] = []
  const batch = pair.left.batch(
    (call) =>
      (calls = [call('add', [1, 2]), call('symbol'), call('proxy'), call('port'), call('add', [3, 4])]),
  )
  expect(await codeOf(batch)).toBe(-32603)
  expect(await Promise.all(calls.map(outcomeOf))).toEqual([
    { value: 3 },
    { code: -32603 },
    { code: -32603 },
    { code: -32603 },
    { value: 7 },
  ])
})

test('one result of a batch that text cannot carry does not take the others with it', async () => {
  using pair = await connectedPair({
    right: {
      methods: {
        ...methods,
        shared: () => new SharedArrayBuffer(8),
        later: async () => [new SharedArrayBuffer(8)],
      },
    },
    link: { text: true },
  })
  let calls: Promise<unknown>[] = []
  void pair.left
    .batch((call) => (calls = [call('add', [1, 2]), call('shared'), call('later'), call('add', [3, 4])]))
    .catch(() => {})
  expect(await Promise.all(calls.map(outcomeOf))).toEqual([
    { value: 3 },
    { code: -32603 },
    { code: -32603 },
    { value: 7 },
  ])
})

test('a result that is sent alone is sent in a batch, too, however deep it is', () => {
  const deep = [[[[['deep']]]]]
  using server = alone({ methods: { deep: () => deep }, limits: { maxDepth: 5 } })
  server.receive(request(1, 'deep'), [request(2, 'deep')])
  expect(server.posted).toStrictEqual([result(1, deep), [result(2, deep)]])
})

test('transfer in a batch moves', async () => {
  using pair = await connectedPair({
    right: { methods: { size: (buffer: ArrayBuffer) => buffer.byteLength } },
  })
  const [a, b] = [new ArrayBuffer(1), new ArrayBuffer(2)]
  const sizes = pair.left.batch((call) => [
    call('size', [a], { transfer: [a] }),
    call('size', [b], { transfer: [b] }),
    call('size', [new ArrayBuffer(3)]),
  ])
  expect(await sizes).toEqual([1, 2, 3])
  expect([a.byteLength, b.byteLength]).toEqual([0, 0])
})

test('a batch after destroy rejects CLOSED', async () => {
  using client = alone()
  client.rpc.destroy()
  expect(await codeOf(client.rpc.batch((call) => [call('a')]))).toBe(-32051)
})

test('a batch and single calls are handled in the order of the calls', async () => {
  const order: unknown[] = []
  using pair = await connectedPair({ right: { methods: { note: (n: number) => void order.push(n) } } })
  const { left } = pair
  left.notify('note', [1])
  const batch = left.batch((call) => [call('note', [2]), call('note', [3])])
  const last = left.invoke('note', [4])
  await Promise.all([batch, last])
  expect(order).toEqual([1, 2, 3, 4])
})

test('a callback that returns no array throws a TypeError, and nothing is sent', async () => {
  using client = alone()
  const batch = client.rpc.batch(((call: (method: string) => Promise<unknown>) => call('a')) as never)
  expect(await rejection(batch)).toBeInstanceOf(TypeError)
  expect(client.posted).toEqual([])
})

test('a result that is an array is not taken for a batch', async () => {
  using pair = await connectedPair({ right: { methods: { list: () => [request(1, 'a'), result(2, 3)] } } })
  expect(await pair.left.invoke('list')).toEqual([request(1, 'a'), result(2, 3)])
})
