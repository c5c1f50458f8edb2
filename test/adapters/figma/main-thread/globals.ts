/** What portcall needs and the main thread of a plugin does not have, as docs/adapters/figma.md has it. */
export {}

const bytes = (array: Uint8Array): Uint8Array => array.map(() => Math.random() * 256)
const copy = (value: unknown): unknown => {
  if (typeof value === 'function' || typeof value === 'symbol') throw new TypeError('It cannot be cloned')
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value
  if (Array.isArray(value)) return value.map(copy)
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, copy(one)]))
}

const missing: Record<string, unknown> = {
  crypto: { getRandomValues: bytes },
  performance: { now: () => Date.now() },
  structuredClone: copy,
}
for (const name of Object.keys(missing))
  if (!(name in globalThis)) Reflect.set(globalThis, name, missing[name])
