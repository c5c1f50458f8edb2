import { describe, expect, test } from 'vitest'
import { ErrorCode } from '../../src/index.ts'
import { type Opener, rejection, settled } from './fixture.ts'
import { withThen } from './there/callbacks.ts'
import { uncarried as shared } from './there/uncarried.ts'

const nested = (levels: number): object => {
  let value = {}
  for (let i = 1; i < levels; i++) value = { value }
  return value
}

/** What nothing can carry: it must not arrive as something else, and whoever sends it is told where it stands. */
export function uncarried({ open, tap }: Opener<'service'>): void {
  const here: typeof shared = {
    ...shared,
    ...(typeof document === 'object' && { 'a DOM node': () => document.createElement('p') }),
  }

  describe.for([
    ['alone', false],
    ['beside a function', true],
  ] as const)('what nothing can carry, %s', ([, isBesideFunction]) => {
    test.for(Object.keys(here))(
      '%s in params rejects, naming its path, and nothing is posted',
      async (kind) => {
        const { rpc, posted } = await tap('service')
        await settled(rpc)
        const before = posted.length
        const value = { ...(isBesideFunction && { fn() {} }), list: [1, { value: here[kind]?.() }] }
        expect(await rejection(rpc.invoke('count', [value]))).toMatchObject({
          code: ErrorCode.UNDELIVERABLE,
          message: expect.stringContaining('params[0].list[1].value'),
        })
        expect(posted).toHaveLength(before)
        expect(await rpc.invoke('add', [1, 2])).toBe(3)
      },
    )

    test.for(Object.keys(shared))('%s in a result rejects, naming its path', async (kind) => {
      const { rpc } = await open('service')
      const refusal = {
        code: ErrorCode.INTERNAL_ERROR,
        message: expect.stringContaining('result.list[1].value') as string,
      }
      expect(await rejection(rpc.invoke('uncarried.value', [kind, isBesideFunction]))).toMatchObject(refusal)
      const give = (): object => ({
        ...(isBesideFunction && { fn() {} }),
        list: [1, { value: here[kind]?.() }],
      })
      expect(await rpc.invoke('uncarried.fromCallback', [give])).toMatchObject(refusal)
      expect(await rpc.invoke('add', [1, 2])).toBe(3)
    })
  })

  test('what cannot be sent before the other side is there rejects, naming its path', async () => {
    const { rpc } = await open('service')
    expect(await rejection(rpc.invoke('count', [{ value: new WeakMap() }]))).toMatchObject({
      code: ErrorCode.UNDELIVERABLE,
      message: expect.stringContaining('params[0].value'),
    })
  })

  test('S35: 900 levels arrive as they were, 8,000 reject, with a function at the bottom and without', async () => {
    const { rpc } = await open('service', { limits: { maxDepth: 1_000 } })
    expect(await rpc.invoke('echo', [nested(900)])).toEqual(nested(900))
    for (const bottom of [1, () => {}]) {
      let value: unknown = { bottom }
      for (let i = 0; i < 8_000; i++) value = i % 2 ? [value] : { value }
      expect(await rejection(rpc.invoke('count', [value]))).toMatchObject({
        code: ErrorCode.UNDELIVERABLE,
        message: expect.stringMatching(/is nested deeper than/),
      })
    }
    let value: unknown = () => 'at the bottom'
    for (let i = 0; i < 900; i++) value = i % 2 ? [value] : { value }
    let back = await rpc.invoke('echo', [value])
    for (let i = 0; i < 900; i++) back = Object.values(Object(back) as object)[0]
    expect((back as () => string)()).toBe('at the bottom')
  })

  test.for([
    ['alone', {}],
    ['beside a function', { fn: () => 'called' }],
  ] as const)('S35: what JSON lacks arrives as it was, %s', async ([, beside]) => {
    const { rpc } = await open('service')
    const twice = { shared: true }
    const value = {
      ...beside,
      missing: undefined,
      numbers: [NaN, -0, Infinity, -Infinity, 2n ** 70n],
      dates: [new Date(1e12), new Date(NaN)],
      pattern: /a+/gi,
      map: new Map<unknown, unknown>([[{ key: 1 }, new Set(['a', 2, undefined])]]),
      bytes: [new Uint8Array([0, 127, 255]), new Float64Array([1.5]), new BigInt64Array([-1n])],
      buffer: Uint8Array.of(1, 2).buffer,
      // oxlint-disable-next-line no-sparse-arrays -- holes are among what JSON lacks
      holes: [1, , 3],
      ['__proto__']: 'an own member',
      ...withThen('data'),
      twice: [twice, twice],
    }
    const loop: { value: typeof value; self?: object } = { value }
    loop.self = loop
    const back = await rpc.invoke<typeof loop>('echo', [loop])
    expect(back.self).toBe(back)
    expect(back.value).toStrictEqual(value)
    expect(back.value.twice[0]).toBe(back.value.twice[1])
    expect(1 in back.value.holes).toBe(false)
    expect(Object.hasOwn(back.value, '__proto__')).toBe(true)
  })
}
