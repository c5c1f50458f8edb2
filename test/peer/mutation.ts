/** Random messages, and valid ones with something wrong: what the fuzz tests send. Each seed gives the same ones. */
import fc from 'fast-check'
import { randomOf } from '../fuzz/random.ts'
import { failure, notification, request, result } from './pair.ts'
import { hello, helloAnswer } from './peer.ts'

export interface Mutator {
  /** A random value, or a valid message that was changed somewhere. */
  message(): unknown
  /** The same as text, sometimes damaged. */
  text(): string
}

const METHODS = [
  'echo',
  'later',
  'fail',
  'math.add',
  'none',
  'rpc.cancel',
  'rpc.close',
  'rpc.connect',
  'rpc.x',
  '',
]
const KEYS = [
  'jsonrpc',
  'id',
  'method',
  'params',
  'result',
  'error',
  'session',
  'capabilities',
  're',
  'code',
  'data',
]
const ODD_KEYS = [
  '__proto__',
  'constructor',
  'prototype',
  'then',
  'toString',
  'length',
  'toJSON',
  '0',
  '',
  'extra',
]

/** What `anything` seldom gives, and what peers stumble over. */
const odd: readonly unknown[] = [
  undefined,
  null,
  Number.NaN,
  -0,
  Infinity,
  2 ** 53,
  '2.0',
  '1.0',
  '__proto__',
  'constructor',
  'rpc.connect',
  'x'.repeat(5_000),
  [],
  {},
  [[[[[[]]]]]],
  Array.from({ length: 3 }),
]

export function mutator(seed: number): Mutator {
  const anything = fc.anything({
    maxDepth: 2,
    withBigInt: true,
    withDate: true,
    withMap: true,
    withSet: true,
    withTypedArray: true,
    withNullPrototype: true,
    withObjectString: true,
  })
  const junk = [...fc.sample(anything, { seed, numRuns: 2_000 }), ...odd]
  const { below, pick } = randomOf(seed)
  // Junk is used again: what is changed must be a copy.
  const copied = <T>(value: T): T =>
    typeof value === 'object' && value !== null ? structuredClone(value) : value
  const id = (): unknown => (below(4) ? below(50) : pick(['a', 'b', 'c', null, 'theirs', undefined]))
  const params = (): unknown =>
    below(3) ? pick<unknown>([[1, 2], ['theirs'], { a: 1 }, undefined, [id()]]) : [pick(junk)]

  const valid = (): object => {
    switch (below(8)) {
      case 0:
      case 1:
        return request(id(), pick(METHODS), params())
      case 2:
        return notification(pick(METHODS), params())
      case 3:
        return result(id(), pick(junk))
      case 4:
        return failure(id(), below(100) - 32700, 'text')
      case 5:
        return below(2) ? hello(`session ${below(3)}`) : helloAnswer('nobody', `session ${below(3)}`)
      default:
        return Array.from({ length: below(4) }, () =>
          below(4) ? change(copied(valid()), 1) : pick(junk),
        ) as object
    }
  }

  const change = (message: object, times: number): object => {
    for (let i = 0; i < times; i++) {
      const keys = Object.keys(message)
      const key = below(6) ? (keys.length ? pick(keys) : pick(KEYS)) : pick(ODD_KEYS)
      const value: unknown = Object.hasOwn(message, key) ? Reflect.get(message, key) : undefined
      if (below(3) === 0) Reflect.deleteProperty(message, key)
      else if (typeof value === 'object' && value !== null && below(2)) change(value, 1)
      else set(message, below(4) ? key : pick(KEYS), below(5) ? copied(pick(junk)) : value)
    }
    return message
  }

  const set = (object: object, key: string, value: unknown): void => {
    // Elements of typed arrays are numbers only, and of an array the length, too: such a message cannot be.
    if (ArrayBuffer.isView(object) || (key === 'length' && Array.isArray(object))) return
    Reflect.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true })
  }

  const message = (): unknown => {
    const kind = below(10)
    if (kind === 0) return pick(junk)
    if (kind === 1) return [copied(valid())]
    return change(copied(valid()), below(4))
  }

  const damaged = (text: string): string => {
    const at = below(text.length + 1)
    switch (below(4)) {
      case 0:
        return text.slice(0, at)
      case 1:
        return text.slice(0, at) + pick(['"', '{', '[', ',', '\0', '\u2028', 'é', '\\']) + text.slice(at)
      default:
        return text
    }
  }

  return {
    message,
    text: () =>
      damaged(
        JSON.stringify(message(), (_, value: unknown) =>
          typeof value === 'bigint' ? String(value) : value,
        ) ?? '',
      ),
  }
}
