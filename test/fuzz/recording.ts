/** What one side posts in a session in which everything goes right: the frames that are to be changed. */
import { readFileSync } from 'node:fs'
import { vi } from 'vitest'
import { bytesCodec } from '../../src/values/bytes-codec.ts'
import { RPC, type Transport } from '../../src/index.ts'
import { type LinkedPair, linkedPair, type Side } from '../../src/testing.ts'
import { turn } from '../peer/pair.ts'
import { activities, type Kind, ledger, serviceOf } from './service.ts'
import { copyOf } from './structure.ts'

export const MEDIA = ['clone', 'text', 'bytes'] as const

/** Structured clones, JSON text, or JSON and bytes. */
export type Medium = (typeof MEDIA)[number]

/** Stand for the sessions, which differ each time. */
export const THEIRS = '<left>'
export const OURS = '<right>'

export const transportOf = (link: LinkedPair, side: Side, medium: Medium): Transport =>
  medium === 'bytes' ? { ...link[side], codec: bytesCodec } : { ...link[side] }

/** A frame with other names of the sessions in it. */
export const renamed = (frame: unknown, names: Readonly<Record<string, string>>): unknown =>
  copyOf(frame, (leaf) => {
    if (typeof leaf !== 'string') return leaf
    const found = Object.keys(names).find((name) => leaf === name || leaf.startsWith(`${name}:`))
    return found === undefined ? leaf : names[found] + leaf.slice(found.length)
  })

const sessionOf = (hello: unknown): string => String(Reflect.get(Object(hello), 'id'))

/** Notes nothing: what is collected when, differs each time. */
class Forgetful {
  register(): void {}
  unregister(): boolean {
    return false
  }
}

/** The frames that the left side of such a session posts, in order; each time the same. */
export async function record(kind: Kind, medium: Medium): Promise<unknown[]> {
  // Items of streams leave by the clock.
  vi.useFakeTimers({ toFake: ['Date'] })
  const { FinalizationRegistry } = globalThis
  Object.assign(globalThis, { FinalizationRegistry: Forgetful })
  try {
    const link = linkedPair({ manual: true, text: medium === 'text', trusted: true })
    const posted: Record<Side, unknown[]> = { left: [], right: [] }
    link.tap((from, message) => posted[from].push(copyOf(message)))
    const start = (side: Side): RPC =>
      new RPC({ transport: transportOf(link, side, medium), methods: serviceOf(ledger()) })
    const [left, right] = [start('left'), start('right')]
    const names = { [sessionOf(posted.left[0])]: THEIRS, [sessionOf(posted.right[0])]: OURS }
    const all = Promise.allSettled([left, right].flatMap(activities[kind]))
    let isOver = false
    void all.then(() => (isOver = true))
    for (let turns = 0; turns < 2_000 && !isOver; turns++) {
      link.deliver()
      await turn()
    }
    if (!isOver) throw new Error(`The session of ${kind} over ${medium} does not end`)
    left.destroy()
    right.destroy()
    link.deliver()
    return posted.left.map((frame) => renamed(frame, names))
  } finally {
    Object.assign(globalThis, { FinalizationRegistry })
    vi.useRealTimers()
  }
}

interface Told {
  readonly from: string
  readonly message: unknown
}

/** What the golden transcripts of the hello have, whoever said it. */
export function golden(): unknown[] {
  const file = new URL('../transcripts/hello.json', import.meta.url)
  const transcripts = JSON.parse(readFileSync(file, 'utf8')) as Record<string, Told[]>
  return Object.values(transcripts).flatMap((told) => told.map(({ message }) => message))
}
