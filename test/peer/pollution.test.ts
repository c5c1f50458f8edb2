import { expect, test } from 'vitest'
import { alone, connectedPair, rejection, request, result } from './pair.ts'

const poisoned = (): unknown =>
  JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}')

const isClean = (value: unknown): boolean =>
  !('polluted' in {}) &&
  Reflect.getPrototypeOf(Object(value)) === Object.prototype &&
  !('polluted' in Object(value))

for (const text of [false, true])
  test(`S19: own __proto__ and constructor members are plain data, ${text ? 'as text' : 'cloned'}`, async () => {
    const seen: unknown[] = []
    const take = (value: unknown): unknown => (seen.push(value), value)
    const refuse = (): never => {
      throw Object.assign(new Error('no'), { code: 5, data: poisoned() })
    }
    using pair = await connectedPair({ right: { methods: { take, refuse } }, link: { text } })

    const byPosition = await pair.left.invoke('take', [poisoned()])
    const byName = await pair.left.invoke('take', poisoned() as { readonly [name: string]: unknown })
    const { data } = (await rejection(pair.left.invoke('refuse'))) as { readonly data: unknown }
    expect([byPosition, byName, data, ...seen].map(isClean)).toEqual([true, true, true, true, true])
    expect(JSON.stringify([byPosition, data])).toBe(JSON.stringify([poisoned(), poisoned()]))
  })

test('S19: __proto__ as id and as method is only a string', async () => {
  using peer = alone({ methods: { echo: (value: unknown) => value } })
  peer.receive(request('__proto__', 'echo', [1]), request('constructor', '__proto__'))
  expect(peer.posted).toMatchObject([
    { id: '__proto__', result: 1 },
    { id: 'constructor', error: { code: -32601 } },
  ])
  const call = peer.rpc.invoke('x', null, { id: '__proto__' })
  peer.receive(result('__proto__', 'answered'))
  expect(await call).toBe('answered')
  expect(isClean({})).toBe(true)
})
