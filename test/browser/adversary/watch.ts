/** Whether anything of the environment was changed, and what nobody caught. */

/** Which endpoints are taken, for all copies of portcall in a realm (C40). */
const TABLE = Symbol.for('portcall.endpoints.1')

const names = `
  Object Function Array String Number Boolean Symbol BigInt RegExp Date Math JSON Reflect Proxy
  Promise Map Set WeakMap WeakSet WeakRef FinalizationRegistry Error TypeError RangeError
  AggregateError DOMException ArrayBuffer Uint8Array DataView EventTarget Event MessageEvent
  MessagePort MessageChannel AbortSignal AbortController ReadableStream WritableStream
  TransformStream Worker Window Navigator
`
  .trim()
  .split(/\s+/)

const unnamed: Readonly<Record<string, object>> = {
  iterator: Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]())) as object,
  generator: Object.getPrototypeOf(function* () {}) as object,
  asyncGenerator: Object.getPrototypeOf(async function* () {}) as object,
  asyncFunction: Object.getPrototypeOf(async () => {}) as object,
}

type Snapshot = ReadonlyMap<string, ReadonlyMap<PropertyKey, PropertyDescriptor>>

function snapshot(): Snapshot {
  const taken = new Map<string, ReadonlyMap<PropertyKey, PropertyDescriptor>>()
  const take = (name: string, object: unknown): void => {
    if ((typeof object !== 'object' && typeof object !== 'function') || object === null) return
    const keys = Reflect.ownKeys(object).filter(
      (key) => key !== TABLE && (object !== globalThis || !/^\d+$/.test(String(key))),
    )
    taken.set(
      name,
      new Map(keys.map((key) => [key, Reflect.getOwnPropertyDescriptor(object, key) as PropertyDescriptor])),
    )
  }
  take('globalThis', globalThis)
  for (const name of names) {
    const object = Reflect.get(globalThis, name) as { readonly prototype?: unknown } | undefined
    take(name, object)
    take(`${name}.prototype`, object?.prototype)
  }
  for (const [name, object] of Object.entries(unnamed)) {
    take(name, object)
    take(`${name}.prototype`, Reflect.get(object, 'prototype'))
  }
  return taken
}

// What the page itself counts in its globals is its own affair; what can be called there is not.
const isSame = (name: string, a: PropertyDescriptor, b: PropertyDescriptor | undefined): boolean =>
  b !== undefined &&
  a.get === b.get &&
  a.set === b.set &&
  a.configurable === b.configurable &&
  a.enumerable === b.enumerable &&
  a.writable === b.writable &&
  (Object.is(a.value, b.value) || (name === 'globalThis' && typeof a.value !== 'function'))

function differences(before: Snapshot, after: Snapshot): string[] {
  const found: string[] = []
  for (const name of new Set([...before.keys(), ...after.keys()])) {
    const [was, is] = [before.get(name) ?? new Map(), after.get(name) ?? new Map()]
    for (const key of new Set([...was.keys(), ...is.keys()])) {
      const descriptor = was.get(key) as PropertyDescriptor | undefined
      if (!descriptor || !isSame(name, descriptor, is.get(key) as PropertyDescriptor | undefined))
        found.push(`${name}.${String(key)}`)
    }
  }
  return found
}

export interface Watch {
  /** Errors and rejections that nobody caught. */
  readonly uncaught: readonly string[]
  /** Own keys and descriptors of the intrinsics and of the global object that are not what they were. */
  readonly changed: () => string[]
  readonly stop: () => void
}

export function watch(): Watch {
  const before = snapshot()
  const uncaught: string[] = []
  const failed = ({ message }: ErrorEvent): void => void uncaught.push(message)
  const rejected = ({ reason }: PromiseRejectionEvent): void => void uncaught.push(String(reason))
  const stops = [
    ['error', failed],
    ['unhandledrejection', rejected],
  ] as const
  for (const [type, listener] of stops) addEventListener(type, listener as EventListener)
  return {
    uncaught,
    changed: () => differences(before, snapshot()),
    stop: () => stops.forEach(([type, listener]) => removeEventListener(type, listener as EventListener)),
  }
}
