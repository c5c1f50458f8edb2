/** Objects of primitives are taken apart in a frame: what arrives is what would have arrived alone. */
import { describe, expect, test } from 'vitest'
import { echoPair, framing, stopClock } from './framing.ts'

stopClock()

const objects: readonly (readonly [name: string, value: object])[] = [
  ['no members', {}],
  ['a few', { a: 1, b: 'hello', c: null, d: undefined, e: -0, f: 10n }],
  ['numbers among its names', { b: 1, 2: 2, a: 3, 1: 4 }],
  ['names that Object.prototype has', { constructor: 1, toString: 2, hasOwnProperty: 3 }],
  ['no prototype', Object.assign(Object.create(null) as object, { a: 1 })],
  ['no prototype, which is an array', Object.setPrototypeOf([1, 2], null) as object],
  [
    'the prototype of plain objects, which is an array',
    Object.setPrototypeOf([1, 2], Object.prototype) as object,
  ],
  ['an array in it', { a: [1], b: { c: 2 } }],
]

describe('objects that are taken apart', () => {
  test.each(objects)('one with %s arrives with its names in their order, many times', async (_, value) => {
    using pair = await echoPair()
    const [, ...answers] = await Promise.all([
      pair.left.invoke('nothing'),
      ...[value, value, { other: 1 }, value].map((one) => pair.left.invoke('echo', [one])),
    ])
    const clone = structuredClone(value)
    expect(answers).toStrictEqual([clone, clone, { other: 1 }, clone])
    const names = Object.keys(value)
    expect(answers.map((one) => Object.keys(one as object))).toEqual([names, names, ['other'], names])
  })

  test('the names of objects that are alike stand in a frame once, and no object does', () => {
    using peer = framing({}, { capabilities: ['cancel', 'close', 'values', 'frame', 'shapes'] })
    for (let i = 0; i < 4; i++) peer.rpc.invoke('echo', [{ a: i, b: 'x' }]).catch(() => {})
    peer.rpc.flush()
    const [, frame] = peer.posted as { params: unknown[] }[]
    const names = frame?.params[2]
    expect(names).toEqual(['a', 'b'])
    expect(frame?.params.slice(5).filter((item) => typeof item === 'object')).toEqual([names, names])
    expect(frame?.params[7]).toBe(names)
  })

  test('a peer that does not know of it gets objects', () => {
    using peer = framing({})
    for (let i = 0; i < 3; i++) peer.rpc.invoke('echo', [{ a: i }]).catch(() => {})
    peer.rpc.flush()
    const [, frame] = peer.posted as { params: unknown[] }[]
    expect(frame?.params).toEqual([
      expect.anything(),
      'echo',
      1,
      { a: 1 },
      expect.anything(),
      'echo',
      1,
      { a: 2 },
    ])
  })

  test('a getter that calls, throws or is no data leaves as it would alone', async () => {
    using pair = await echoPair()
    const calling = {
      get a(): number {
        void pair.left.invoke('echo', [{ inner: 1 }])
        return 1
      },
    }
    const throwing = {
      get a(): number {
        throw new RangeError('no')
      },
    }
    const [, called, thrown, func] = await Promise.allSettled([
      pair.left.invoke('nothing'),
      pair.left.invoke('echo', [calling]),
      pair.left.invoke('echo', [throwing]),
      pair.left.invoke('echo', [{ a: Symbol('x') }]),
    ])
    expect(called).toEqual({ status: 'fulfilled', value: { a: 1 } })
    expect([thrown?.status, func?.status]).toEqual(['rejected', 'rejected'])
  })

  const inherited: readonly (readonly [what: string, member: PropertyDescriptor])[] = [
    ['cannot be set, as where it is frozen', { value: 1 }],
    ['has a getter only', { get: () => 1 }],
    ['has a setter', { get: () => 1, set() {} }],
  ]
  test.each(inherited)(
    'a name that Object.prototype has, where it %s, is own in what arrives',
    (_, member) => {
      const seen: unknown[] = []
      using peer = framing({ methods: { see: (value: object) => void seen.push(Object.entries(value)) } })
      const names = ['a', 'odd']
      try {
        Object.defineProperty(Object.prototype, 'odd', { ...member, configurable: true })
        peer.frame(null, 'see', names, 1, 2, null, 'see', names, 3, 4, null, 'see', ['a'], 5)
      } finally {
        Reflect.deleteProperty(Object.prototype, 'odd')
      }
      expect(seen).toEqual([
        [
          ['a', 1],
          ['odd', 2],
        ],
        [
          ['a', 3],
          ['odd', 4],
        ],
        [['a', 5]],
      ])
    },
  )
})
