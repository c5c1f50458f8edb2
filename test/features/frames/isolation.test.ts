/** What fails, fails alone: its neighbours in the frame arrive, and are answered. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ErrorCode, RPC, RPCError } from '../../../src/index.ts'
import { linkedPair } from '../../../src/testing.ts'
import { codeOf, connectedPair, turn } from '../../peer/pair.ts'
import { framing } from './framing.ts'

const methods = {
  echo: (value: unknown) => value,
  fail(value: unknown) {
    throw new Error(String(value))
  },
  later: async (value: unknown) => value,
  failLater: async (value: unknown) => Promise.reject(new Error(String(value))),
  unsendable: () => [Symbol('no')],
  hostile: () => hostile(),
  revoked: () => revoked(),
}

const hostile = (): object => ({
  get x(): never {
    throw new Error('hostile')
  },
})

const revoked = (): object => {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

/** What may be called, and how it ends. */
const calls: Record<string, readonly [method: string, value: (i: number) => unknown, code?: number]> = {
  number: ['echo', (i) => i],
  object: ['echo', (i) => ({ i })],
  'a Map': ['echo', (i) => new Map([[i, i]])],
  later: ['later', (i) => i],
  throws: ['fail', (i) => i, ErrorCode.APPLICATION_ERROR],
  'throws later': ['failLater', (i) => i, ErrorCode.APPLICATION_ERROR],
  'answers what cannot be sent': ['unsendable', (i) => i, ErrorCode.INTERNAL_ERROR],
  'answers what cannot be read': ['hostile', (i) => i, ErrorCode.INTERNAL_ERROR],
  unknown: ['nobody', (i) => i, ErrorCode.METHOD_NOT_FOUND],
  'a symbol': ['echo', () => Symbol('no'), ErrorCode.UNDELIVERABLE],
  'a symbol behind numbers': ['echo', () => [1, 2, { a: [3, Symbol('no')] }], ErrorCode.UNDELIVERABLE],
  'a WeakMap': ['echo', () => ({ a: 1, b: new WeakMap() }), ErrorCode.UNDELIVERABLE],
  'a getter that throws': ['echo', hostile, ErrorCode.UNDELIVERABLE],
  'a revoked Proxy': ['echo', revoked, ErrorCode.UNDELIVERABLE],
}

test('in any mix each call ends as it would alone', async () => {
  using pair = await connectedPair({ right: { methods } })
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...Object.keys(calls)), { maxLength: 40 }), async (names) => {
      const expected = names.map((name, i) => {
        const [, value, code] = calls[name]!
        return code ?? value(i)
      })
      const made = names.map((name, i) => {
        const [method, value] = calls[name]!
        return pair.left.invoke(method, [value(i)])
      })
      const ends = await Promise.allSettled(made)
      expect(
        ends.map((end) => (end.status === 'fulfilled' ? end.value : Reflect.get(Object(end.reason), 'code'))),
      ).toEqual(expected)
    }),
    { numRuns: 200 },
  )
})

test('a notification that cannot be sent throws at once, and those around it arrive', async () => {
  const heard: unknown[] = []
  using pair = await connectedPair({
    right: { methods: { note: (value: unknown) => void heard.push(value) } },
  })
  const { left } = pair
  left.notify('note', [1])
  left.notify('note', [2])
  expect(() => left.notify('note', [3, { a: Symbol('no') }])).toThrow(/params\[1\]\.a/)
  expect(() => left.notify('note', [hostile()])).toThrow(RPCError)
  left.notify('note', [4])
  await turn()
  expect(heard).toEqual([1, 2, 4])
})

test('a notification whose handler throws, or that nobody handles, does not stop the frame', async () => {
  const heard: unknown[] = []
  using peer = framing({
    methods: {
      note: (value: unknown) => void heard.push(value),
      fail() {
        throw new Error('no')
      },
      failLater: () => Promise.reject(new Error('no')),
    },
  })
  peer.frame(null, 'fail', 0, null, 'note', 1, 1, null, 'nobody', 0, null, 'failLater', 0, null, 'note', 1, 2)
  await turn()
  expect(heard).toEqual([1, 2])
  expect(peer.diagnostics.map(({ kind }) => kind).toSorted()).toEqual(['failed', 'failed', 'unknown-method'])
})

test('listeners and hooks that throw do not stop the frame', async () => {
  const heard: unknown[] = []
  using peer = framing({
    methods: { note: (value: unknown) => void heard.push(value) },
    validate: (_, params) => {
      if (Array.isArray(params) && params[0] === 1) throw new Error('not 1')
    },
    onDiagnostic: () => {
      throw new Error('not even this')
    },
  })
  peer.frame(null, 'note', 1, 1, null, 'note', 1, 2, null, 'nobody', 0, null, 'note', 1, 3)
  await turn()
  expect(heard).toEqual([2, 3])
})

test('a frame that the medium refuses is sent as single messages, and those that it refuses, too, fail alone', async () => {
  const link = linkedPair()
  let refuses = (_text: string): boolean => false
  const guarded = (side: 'left' | 'right') => ({
    ...link[side],
    post(message: unknown, transfer?: readonly object[]) {
      if (refuses(JSON.stringify(message))) throw new Error('too large')
      link[side].post(message, transfer)
    },
  })
  const heard: unknown[] = []
  const lost: unknown[] = []
  const echo = (value: string): string => {
    heard.push(value)
    return value
  }
  const onDiagnostic = ({ kind }: { kind: string }): void => void lost.push(kind)
  using left = new RPC({ transport: guarded('left'), onDiagnostic })
  using right = new RPC({ transport: guarded('right'), methods: { echo } })
  await Promise.all([left.connect(), right.connect()])
  await turn()
  refuses = (text) => text.length > 120
  const long = 'x'.repeat(200)
  const made = ['a', 'b', long, 'c', 'd'].map((value) => left.invoke('echo', [value]))
  left.notify('echo', [long])
  left.notify('echo', ['e'])
  const ends = await Promise.allSettled(made)
  await turn()
  expect(ends.map(({ status }) => status)).toEqual([
    'fulfilled',
    'fulfilled',
    'rejected',
    'fulfilled',
    'fulfilled',
  ])
  expect(await codeOf(made[2]!)).toBe(ErrorCode.UNDELIVERABLE)
  expect(heard).toEqual(['a', 'b', 'c', 'd', 'e'])
  expect(lost).toContain('undeliverable')
})

test('a revoked Proxy is refused alone and among others alike, saying where it stands', async () => {
  using pair = await connectedPair({ right: { methods } })
  const ends = await Promise.allSettled([
    pair.left.invoke('echo', [revoked()]),
    pair.left.invoke('echo', [1]),
    pair.left.invoke('echo', [revoked()]),
    pair.left.invoke('revoked', [1]),
    pair.left.invoke('revoked', [2]),
  ])
  const params = {
    code: ErrorCode.UNDELIVERABLE,
    message: expect.stringContaining('params[0] cannot be read'),
  }
  const result = { code: ErrorCode.INTERNAL_ERROR, message: expect.stringContaining('result cannot be read') }
  expect(ends).toMatchObject([
    { reason: params },
    { value: 1 },
    { reason: params },
    { reason: result },
    { reason: result },
  ])
})
