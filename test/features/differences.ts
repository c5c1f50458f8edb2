/** What arrives where no feature is installed: what docs/bundle-size.md lists, row by row. */
import { proxy, RPC, transfer } from '../../src/core.ts'

class Point {
  x = 1
  y = 2
}

const cycle: Record<string, unknown> = {
  map: new Map([[1, new Set([2n])]]),
  at: new Date(0),
  is: /a/g,
  no: undefined,
}
cycle['self'] = cycle

const nested = (levels: number): unknown => {
  let value: unknown = 'end'
  for (let i = 0; i < levels; i++) value = [value]
  return value
}

function detached(): ArrayBuffer {
  const buffer = new ArrayBuffer(8)
  structuredClone(buffer, { transfer: [buffer] })
  return buffer
}

async function* generate(): AsyncGenerator<number> {
  yield 1
}

/** The rows of the page, and what is sent for each. */
const inputs: Readonly<Record<string, () => unknown>> = {
  'a function': () => () => 1,
  'an object with a method': () => ({ method() {} }),
  'an instance of a class with fields': () => new Point(),
  '`proxy(object)`': () => proxy(new Point()),
  '`transfer(buffer, [buffer])`': () => {
    const buffer = new ArrayBuffer(8)
    return transfer(buffer, [buffer])
  },
  'an AbortSignal': () => new AbortController().signal,
  'an async generator': generate,
  'an object with `[Symbol.asyncIterator]`': () => ({ [Symbol.asyncIterator]: generate }),
  'a ReadableStream': () => new ReadableStream(),
  'a MessagePort': () => new MessageChannel().port1,
  'a Map with a function in it': () => new Map([['f', () => 1]]),
  'a URL': () => new URL('https://a.example'),
  'a Headers object': () => new Headers(),
  'an Event': () => new Event('x'),
  'a DOMException': () => new DOMException('no', 'AbortError'),
  'a symbol': () => Symbol('s'),
  'a detached buffer': detached,
  'a Date, RegExp, Map, Set, Error, typed array, bigint, `undefined`, a cycle': () => [
    cycle,
    new RangeError('far'),
    new Uint8Array([1, 2]),
  ],
  '500 levels of nesting': () => nested(500),
  'a thrown TypeError': () => 'thrown',
}

const isPlain = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype

/** How deep and how wide something is, in one line; cycles end it. */
function shapeOf(value: unknown): string {
  let levels = 0
  let at = value
  for (; Array.isArray(at) && at.length === 1; levels++) at = at[0]
  if (levels > 1) return `${levels} levels of ${String(at)}`
  const seen = new Set<unknown>()
  return JSON.stringify(value, (_, one: unknown) => {
    if (typeof one === 'bigint') return `${one}n`
    if (one === undefined) return 'undefined'
    if (typeof one !== 'object' || one === null) return one
    if (seen.has(one)) return 'again'
    seen.add(one)
    if (one instanceof Map || one instanceof Set) return [one.constructor.name, ...one]
    if (one instanceof RegExp || one instanceof Error) return String(one)
    return one
  })
}

function tell(sent: unknown, arrived: unknown): string {
  if (sent instanceof Point)
    return JSON.stringify(arrived) === '{"x":1,"y":2}' ? 'its fields' : 'something else'
  if (isPlain(arrived) && !isPlain(sent) && !Array.isArray(sent))
    return `\`{ ${Object.keys(arrived).join(', ')} }\``.replace('{  }', '{}')
  if (arrived instanceof DOMException)
    return arrived.name === 'AbortError' ? 'a DOMException' : 'something else'
  if (typeof sent === 'object' && sent !== null && Symbol.asyncIterator in sent)
    return shapeOf(arrived) === '{}' ? '`{}`' : 'something else'
  return shapeOf(arrived) === shapeOf(sent) ? 'the same' : 'something else'
}

/** What arrives for each row of the page. */
export async function arrivals(): Promise<Record<string, string>> {
  const { port1, port2 } = new MessageChannel()
  const served = new RPC({
    transport: port1,
    methods: {
      echo: (value: unknown) => value,
      fail: () => {
        throw new TypeError('as asked')
      },
    },
  })
  const rpc = new RPC({ transport: port2 })
  const found: Record<string, string> = {}
  for (const [name, make] of Object.entries(inputs)) {
    const sent = make()
    try {
      found[name] =
        sent === 'thrown' ? String(await rpc.invoke('fail')) : tell(sent, await rpc.invoke('echo', [sent]))
    } catch (error) {
      const { name: kind, message } = error as Error
      found[name] = sent === 'thrown' ? `${kind}: ${message}` : 'rejects'
      if (found[name] === 'RPCError: as asked') found[name] = 'an RPCError with its message'
    }
  }
  served.destroy()
  rpc.destroy()
  port1.close()
  return found
}

/** The rows of the page: what is passed, and what arrives in browsers and in Node. */
export function documented(page: string): {
  readonly browsers: Record<string, string>
  readonly node: Record<string, string>
} {
  const [, table = ''] = /\| you pass or return \|.*\n.*\n((?:\|.*\n)+)/.exec(page) ?? []
  const rows = table
    .trim()
    .split('\n')
    .map((row) => row.split('|').map((cell) => cell.trim()))
  return {
    browsers: Object.fromEntries(rows.map(([, what, browsers]) => [what, browsers])) as Record<
      string,
      string
    >,
    node: Object.fromEntries(rows.map(([, what, , node]) => [what, node])) as Record<string, string>,
  }
}
