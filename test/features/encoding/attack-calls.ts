/* oxlint-disable vitest/no-standalone-expect -- each attack is run inside a test, by hostile*.test.ts */
/** Calls and notices about references: of what was never passed, in a way that was not meant, and with values that run code. */
import { expect } from 'vitest'
import { notification, turn } from '../../peer/pair.ts'
import { type Attack, NOT_FOUND, RELEASED, HUGE, sparse, repeat } from './attack.ts'
import { type Attacked, messagesIn } from './attacked.ts'

/** Names that an engine calls when it makes a string, a number, JSON or a promise's value of an object. */
const coercions = ['then', 'toString', 'valueOf', 'toJSON']

export const thenables: readonly Attack[] = coercions.flatMap((name) => [
  {
    what: `S42: a result whose \`${name}\` is a function`,
    async attack(peer) {
      const values = [[[name], 'function', 9]]
      const { value } = (await peer.answer({ result: { [name]: null }, values })) as { value: object }
      expect(typeof Reflect.get(value, name)).not.toBe('function')
      expect(calledBack(peer)).toBe(0)
    },
  },
  {
    what: `S42: a param, an echo and a nested param whose \`${name}\` is a function`,
    async attack(peer) {
      const values = [
        [[0, name], 'function', 9],
        [[1, 'x', name], 'function', 9],
        [[2, name], 'same', [0, name]],
      ]
      await peer.ask('echo', [{ [name]: null }, { x: { [name]: 1 } }, { [name]: 2 }], values)
      expect(calledBack(peer)).toBe(0)
    },
  },
  {
    what: `an error whose \`${name}\` is a function`,
    async attack(peer) {
      const values = [[[name], 'function', 9]]
      const { error } = (await peer.answer({ error: { code: 1, [name]: null }, values })) as { error: Error }
      expect(error).toBeInstanceOf(Error)
      expect(calledBack(peer)).toBe(0)
    },
  },
  ...['rpc.call', 'rpc.get', 'rpc.set', 'rpc.new', 'rpc.release', 'rpc.pull', 'rpc.stop', 'rpc.end'].map(
    (method): Attack => ({
      what: `${method} whose params are objects with a function as \`${name}\``,
      async attack(peer) {
        const { objectId } = peer
        const values = [[[1, name], 'function', 9]]
        for (const first of [objectId, null]) {
          await peer.ask(method, [first, { [name]: null }, 1], values)
          peer.say({ ...notification(method, [first, { [name]: null }, 1]), values })
        }
        await turn()
        expect(calledBack(peer)).toBe(0)
      },
    }),
  ),
])

const calledBack = ({ posted }: Attacked): number =>
  messagesIn(posted).filter(({ method }) => method === 'rpc.call').length

const oddIds = [0, -1, 1.5, Number.MAX_VALUE, '1', null, {}, [], true, '__proto__']

/** All that there is, with ids that were never given, as a request and as a notification. */
export const invented: readonly Attack[] = [
  ...['call', 'get', 'set', 'new'].map((name): Attack => ({
    what: `rpc.${name} with invented ids`,
    async attack(peer) {
      for (const id of [...oddIds, 4_711]) {
        const answer = await peer.ask(`rpc.${name}`, [id, 'run', 1])
        expect(answer?.error?.code).toSatisfy((code) => code === -32056 || code === -32601)
        peer.say(notification(`rpc.${name}`, [id, 'run', 1]))
      }
      expect(await peer.ask(`rpc.${name}`, [])).toHaveProperty('error')
      expect(await peer.ask(`rpc.${name}`, { id: 1 })).toMatchObject(NOT_FOUND)
    },
  })),
  ...['release', 'pull', 'next', 'end', 'stop', 'abort', 'forget'].map((name): Attack => ({
    what: `rpc.${name} with invented ids, also as a request`,
    async attack(peer) {
      for (const id of [...oddIds, 4_711])
        for (const more of [
          [],
          [1],
          [-1],
          [Number.MAX_VALUE],
          ['x'],
          [null],
          [{}],
          [{ code: 1, message: 'x' }],
        ])
          peer.say(notification(`rpc.${name}`, [id, ...more]))
      peer.say(
        notification(`rpc.${name}`, []),
        notification(`rpc.${name}`, { 0: 1 }),
        notification(`rpc.${name}`),
      )
      expect(await peer.ask(`rpc.${name}`, [1, 1])).toMatchObject(NOT_FOUND)
    },
  })),
  {
    what: 'a release with 300,000 params',
    attack: (peer) =>
      peer.say(
        notification(
          'rpc.release',
          repeat(300_000, () => 99),
        ),
      ),
  },
  {
    what: 'a sparse notice and a sparse call',
    medium: 'clone',
    async attack(peer) {
      peer.say(notification('rpc.next', sparse(HUGE, 1)), notification('rpc.release', sparse(HUGE, 1)))
      expect(await peer.ask('rpc.call', sparse(HUGE, peer.callbackId, ''))).toHaveProperty('error')
    },
  },
  {
    what: 'S40: errors with 2 ** 32 errors in them',
    medium: 'clone',
    async attack(peer) {
      const error = { code: 1, message: 'm', details: { name: 'AggregateError', errors: sparse(HUGE, 1) } }
      expect(await peer.answer({ error })).toHaveProperty('error')
      peer.say(notification('rpc.end', [1, error]), notification('rpc.abort', [1, error]))
    },
  },
  {
    what: 'S40: an error named constructor, with an own __proto__, a huge stack and causes 500 deep',
    async attack(peer) {
      let details: object = { name: 'Error' }
      for (let i = 0; i < 500; i++) details = { name: 'Error', cause: { code: 1, message: 'm', details } }
      const fields = JSON.parse(
        '{"__proto__": {"polluted": 1}, "constructor": 1, "stack": 2, "ok": 3}',
      ) as object
      const stack = 'x'.repeat(1_000_000)
      for (const more of [{ name: 'constructor' }, { name: '__proto__' }, { fields, stack }, details]) {
        const outcome = await peer.answer({
          error: { code: 1, message: 'm', details: { name: 'x', ...more } },
        })
        const { error } = outcome as { error: Error }
        expect(error).toBeInstanceOf(Error)
        expect(Reflect.get(error, 'polluted')).toBeUndefined()
      }
    },
  },
]

/** What was passed may be used as it was meant, and no more than that. */
export const beyond: readonly Attack[] = [
  ...[
    'constructor',
    '__proto__',
    'toString',
    'then',
    '_secret',
    'inner._deep',
    'inner.constructor',
    '',
  ].flatMap((name): Attack[] => [
    {
      what: `S31: rpc.get and rpc.set of \`${name}\``,
      async attack(peer) {
        expect(await peer.ask('rpc.get', [peer.objectId, name])).toMatchObject(NOT_FOUND)
        expect(await peer.ask('rpc.set', [peer.objectId, name, 'evil'])).toMatchObject(NOT_FOUND)
      },
    },
    {
      what: `S31: rpc.call and rpc.new of \`${name}\``,
      async attack(peer) {
        expect(await peer.ask('rpc.call', [peer.objectId, name])).toMatchObject(NOT_FOUND)
        expect(await peer.ask('rpc.new', [peer.objectId, name])).toMatchObject(NOT_FOUND)
      },
    },
  ]),
  ...['secret', 'name', 'length', 'prototype'].map((name): Attack => ({
    what: `rpc.get and rpc.set of \`${name}\` of a callback, which was not passed by proxy()`,
    async attack(peer) {
      expect(await peer.ask('rpc.get', [peer.callbackId, name])).toMatchObject(NOT_FOUND)
      expect(await peer.ask('rpc.set', [peer.callbackId, name, 'evil'])).toMatchObject(NOT_FOUND)
    },
  })),
  {
    what: 'rpc.new of a callback and of a registered function',
    async attack(peer) {
      expect(await peer.ask('rpc.new', [peer.callbackId, ''])).toMatchObject(NOT_FOUND)
      expect(await peer.ask('rpc.new', [null, 'add'])).toMatchObject(NOT_FOUND)
      expect(await peer.ask('rpc.new', [null, 'constructor'])).toMatchObject(NOT_FOUND)
    },
  },
  {
    what: 'a property path of 100,000 names',
    async attack(peer) {
      const path = repeat(100_000, () => 'inner').join('.')
      expect(await peer.ask('rpc.get', [peer.objectId, path])).toMatchObject(NOT_FOUND)
    },
  },
  ...[-1, Number.NaN, -Infinity, '1', null, {}, undefined].map((count): Attack => ({
    what: `a release of ${JSON.stringify(count) ?? 'undefined'} passings`,
    async attack(peer) {
      peer.say(notification('rpc.release', [peer.callbackId, count]))
      expect(await peer.ask('rpc.call', [peer.callbackId, ''])).toMatchObject({ result: 'called' })
    },
  })),
  {
    what: 'releases twice, and more than was passed',
    async attack(peer) {
      const release = notification('rpc.release', [peer.callbackId, 1_000_000])
      peer.say(release, release, notification('rpc.release', [peer.objectId, 1, peer.objectId, 1]))
      expect(await peer.ask('rpc.call', [peer.callbackId, ''])).toMatchObject(RELEASED)
    },
  },
]
