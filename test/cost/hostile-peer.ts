/** The hostile peer: it introduces itself as any portcall peer does, remembers what it hears, and sends what it is told to. */
import { serialize } from 'node:v8'
import { FRAME, readFrom } from '../../src/features/frames/frame-format.ts'
import { attacks } from './attacks.ts'
import { families } from './families.ts'
import { type Family, type Known, type Medium, TEXT } from './family.ts'
import { harmless } from './harmless.ts'
import { request, result } from '../peer/pair.ts'

/** What to send: a family by its name and size; or harmless messages, as many and as large. */
export interface Shot {
  readonly name: string
  readonly n: number
  readonly like?: { readonly size: number; readonly count: number }
  /** The id of the request that is sent last, and must be answered. */
  readonly last: string
}

/** What is ready to be sent. */
export interface Loaded {
  /** Bytes or characters on the medium, and messages. */
  readonly size: number
  readonly count: number
}

export interface HostilePeer {
  readonly hear: (wire: unknown) => void
  readonly load: (shot: Shot) => Promise<Loaded>
  readonly fire: () => void
}

const CAPABILITIES = ['cancel', 'close', 'details', 'values', 'frame', 'ping', 'lock']

const byName = new Map<string, Family>([...families, ...attacks].map((family) => [family.name, family]))

const familyOf = (name: string): Family => {
  const family = byName.get(name)
  if (family) return family
  throw new TypeError(`There is no family \`${name}\``)
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

interface Heard {
  readonly id?: unknown
  readonly method?: string | undefined
  readonly params?: unknown
  readonly values?: readonly (readonly [path: unknown, kind: string, id: number])[]
}

export function createHostilePeer(medium: Medium, post: (wire: unknown) => void): HostilePeer {
  const isText = TEXT.includes(medium)
  const toWire = (message: unknown): unknown =>
    isText && typeof message !== 'string' ? JSON.stringify(message) : message
  const sizeOfWire = (wire: unknown): number =>
    typeof wire === 'string' ? wire.length : serialize(wire).length

  let held: readonly number[] | undefined
  let pending: unknown[] = []
  let used = 100
  let loaded: readonly unknown[] = []

  const hearOne = ({ id, method, params, values = [] }: Heard): void => {
    if (method === 'rpc.connect')
      post(
        toWire(
          result(id, { session: `hostile ${String(id)}`, version: 1, capabilities: CAPABILITIES, re: id }),
        ),
      )
    if (method === 'hold') held = values.map(([, , number]) => number)
    if (method === 'never') pending.push(id)
    if (method === FRAME) hearFrame(params as unknown[])
  }

  const hearFrame = (items: readonly unknown[]): void => {
    for (let one = readFrom(items, 0); one; one = readFrom(items, one.end)) hearOne(one as Heard)
  }

  const known = async (calls: number): Promise<Known> => {
    // Both were sent before, by another way.
    while (!held || pending.length < calls) await nextTurn()
    const waiting = pending.slice(0, calls)
    pending = pending.slice(calls)
    const [object = 0, callback = 0, stream = 0] = held
    return {
      object,
      callback,
      stream,
      pending: waiting,
      take: (count) => {
        const first = used
        used += count
        return first
      },
    }
  }

  return {
    hear: (wire) => {
      const message: unknown = typeof wire === 'string' ? JSON.parse(wire) : wire
      for (const one of [message].flat()) hearOne(Object(one) as Heard)
    },
    load: async ({ name, n, like, last }) => {
      const { calls, messages } = familyOf(name)
      const all = like ? harmless(like, isText) : messages(n, await known(calls?.(n) ?? 0))
      loaded = [...all, request(last, 'pong', [last])].map(toWire)
      const size = loaded.reduce<number>((sum, wire) => sum + sizeOfWire(wire), 0)
      return { size, count: all.length }
    },
    fire: () => {
      for (const wire of loaded) post(wire)
      loaded = []
    },
  }
}
