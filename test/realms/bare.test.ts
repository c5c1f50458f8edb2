/** Copies, base64 and signals where the platform has none (C52): the same as where it does. */
import fc from 'fast-check'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { createController } from '../../src/protocol/realm.ts'
import { fromBase64, toBase64 } from '../../src/values/base64.ts'
import { clone } from '../../src/values/clone.ts'

afterEach(() => void vi.unstubAllGlobals())

const without = (...names: readonly string[]): void => {
  for (const name of names) vi.stubGlobal(name, undefined)
}

describe('C52: base64 without btoa and atob', () => {
  test('is that of the platform', () => {
    const hosts = { btoa }
    without('btoa', 'atob')
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.nat(3), (bytes, skip) => {
        const from = Math.min(skip, bytes.length)
        const text = toBase64(bytes.buffer, from, bytes.length - from)
        expect(text).toBe(hosts.btoa(String.fromCharCode(...bytes.subarray(from))))
        expect(new Uint8Array(fromBase64(text))).toEqual(bytes.slice(from))
      }),
    )
  })

  test.for(['a', 'a===', '=', 'ab_d', 'ab-d', 'ab.d', 'a b!', 'é', 'abc=abc='])('refuses %j', (text) => {
    without('btoa', 'atob')
    expect(() => fromBase64(text)).toThrow(TypeError)
  })

  test('a megabyte crosses', () => {
    without('btoa', 'atob')
    const bytes = new Uint8Array(1_000_000).map((_, i) => i)
    const back = new Uint8Array(fromBase64(toBase64(bytes.buffer, 0, bytes.length)))
    expect(Buffer.compare(back, bytes)).toBe(0)
  })
})

const shared = { n: 1 }
const circle: Record<string, unknown> = { shared, again: shared }
circle['self'] = circle
const buffer = new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8]).buffer
const views: readonly [Uint16Array, DataView, ...unknown[]] = [
  new Uint16Array(buffer, 2, 2),
  new DataView(buffer, 1, 3),
  new Float64Array(buffer),
  buffer,
]
const holes: number[] = [1]
holes[2] = 3

const values: Record<string, object> = {
  cycles: circle,
  holes,
  'Map and Set': { map: new Map<unknown, unknown>([[{ key: 1 }, new Set([[1]])]]) },
  dates: [new Date(1e12), new Date(Number.NaN)],
  views,
  primitives: [undefined, null, 1n, -0, Number.NaN, 'x'],
  'a member __proto__': JSON.parse('{ "__proto__": { "a": 1 } }') as object,
  'no prototype': Object.assign(Object.create(null) as object, { a: 1 }),
}

describe('C52: copies without structuredClone', () => {
  test.for(Object.entries(values))('%s', ([, value]) => {
    const there: unknown = structuredClone(value)
    without('structuredClone')
    const copy = clone(value)
    expect(copy).toEqual(there)
    expect(copy).not.toBe(value)
  })

  test('a long list of holes costs nothing', () => {
    without('structuredClone')
    const list = clone(Object.assign([1], { length: 4_000_000_000 }))
    expect([list.length, Object.keys(list)]).toEqual([4_000_000_000, ['0']])
  })

  test('what is shared stays shared; what is neither a list nor plain stays what it is', () => {
    without('structuredClone')
    const copy = clone({ circle, views })
    expect(copy.circle['self']).toBe(copy.circle)
    expect(copy.circle['shared']).toBe(copy.circle['again'])
    expect(copy.circle).not.toBe(circle)
    expect(copy.views[0]).toBe(views[0])
  })

  test.for([[() => {}], [Symbol('x')], [{ in: [() => {}] }]])('%o is refused', ([value]) => {
    without('structuredClone')
    expect(() => clone(value)).toThrow(/cannot be cloned/)
  })
})

describe('C52: signals without AbortController', () => {
  test('abort once, tell all, and throw the reason', () => {
    without('AbortController', 'DOMException')
    const controller = createController()
    const { signal } = controller
    const told: string[] = []
    const off = (): void => void told.push('off')
    signal.addEventListener('abort', () => told.push('a'))
    signal.addEventListener('abort', off)
    signal.removeEventListener('abort', off)
    signal.onabort = () => void told.push('on')
    expect(() => signal.throwIfAborted()).not.toThrow()
    controller.abort()
    controller.abort(new Error('later'))
    expect(told).toEqual(['on', 'a'])
    expect(signal.aborted).toBe(true)
    expect(signal.reason).toMatchObject({ name: 'AbortError' })
    expect(() => signal.throwIfAborted()).toThrow('aborted')
    expect(Object.prototype.toString.call(signal)).toBe('[object AbortSignal]')
  })
})
