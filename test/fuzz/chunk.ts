/** One session that goes wrong: what was recorded is said again, changed, to somebody who is in the middle of the same. */
import { inspect } from 'node:util'
import { expect } from 'vitest'
import { type Diagnostic, ErrorCode, RPC } from '../../src/index.ts'
import { type LinkedPair, linkedPair } from '../../src/testing.ts'
import { notification, request, turn } from '../peer/pair.ts'
import { hello } from '../peer/peer.ts'
import { messagesIn } from '../features/encoding/attacked.ts'
import type { Meter } from './costs.ts'
import { expensive, inflated, isSayable } from './inflated.ts'
import { answered, excess, permit } from './permitted.ts'
import { type Random, randomOf } from './random.ts'
import { type Medium, OURS, record, renamed, THEIRS, transportOf } from './recording.ts'
import { activities, type Kind, ledger, type Ledger, serviceOf } from './service.ts'
import { changed, isFlat, miscounted, spliced } from './structure.ts'

/** Frames of one session. */
export const FRAMES = 250

/** References each way: filled once the session is over, so that none may be left. */
const ROOM = 64

export interface Layer {
  readonly kind: Kind
  readonly media: readonly Medium[]
  /** Frames that are said besides those of its own sessions. */
  readonly more?: readonly unknown[]
}

interface Session {
  readonly link: LinkedPair
  readonly victim: RPC
  readonly own: Ledger
  readonly posted: unknown[]
  readonly permitted: Map<string, number>
  readonly diagnostics: Diagnostic[]
  readonly said: unknown[]
  /** Settles when all calls of the victim have. */
  readonly over: Promise<unknown>
  say(frame: unknown): void
}

const recordings = new Map<string, Promise<readonly unknown[]>>()

function recorded(kind: Kind, medium: Medium): Promise<readonly unknown[]> {
  const name = `${kind} ${medium}`
  const found = recordings.get(name) ?? record(kind, medium)
  recordings.set(name, found)
  return found
}

export async function turns(link: LinkedPair, count = 6): Promise<void> {
  for (let i = 0; i < count; i++) {
    link.deliver()
    await turn()
  }
}

/** @throws if it does not settle soon. */
async function settled<T>(link: LinkedPair, what: string, promise: Promise<T>): Promise<T> {
  let isOver = false
  const over = promise.finally(() => (isOver = true))
  over.catch(() => {})
  for (let i = 0; i < 2_000 && !isOver; i++) await turns(link, 1)
  if (!isOver) throw new Error(`${what} does not settle`)
  return promise
}

function begin({ kind }: Layer, medium: Medium, random: Random, meter: Meter): Session {
  const link = linkedPair({
    manual: true,
    text: medium === 'text',
    trusted: random.once(2),
    policy: random.pick(['shared', 'strict']),
    successor: random.once(2),
  })
  const [own, posted, permitted, diagnostics] = [ledger(), [] as unknown[], new Map(), [] as Diagnostic[]]
  link.tap((from, message) => void (from === 'right' && posted.push(message)))
  const victim = new RPC({
    transport: transportOf(link, 'right', medium),
    methods: serviceOf(own),
    connectTimeout: 0,
    limits: { maxReferences: ROOM, maxDepth: 100, maxBatch: 100, maxPending: 500, maxInFlight: 200 },
    onDiagnostic: (event) => diagnostics.push(event),
  })
  const said: unknown[] = []
  return {
    link,
    victim,
    own,
    posted,
    permitted,
    diagnostics,
    said,
    over: Promise.allSettled(activities[kind](victim)),
    say(frame) {
      let wire = frame
      if (medium === 'text') {
        if (!isSayable(frame)) return
        wire = JSON.stringify(frame) ?? 'null'
      }
      permit(permitted, medium === 'text' ? JSON.parse(String(wire)) : frame)
      said.push(wire)
      if (said.length > 20) said.shift()
      link.inject('left', wire)
      meter.frame(wire, () => link.deliver())
    },
  }
}

/** Say what was recorded in its order with changes, then changed frames of it in any order. */
async function disturb(
  session: Session,
  script: readonly unknown[],
  pool: readonly unknown[],
  { random, meter }: { readonly random: Random; readonly meter: Meter },
): Promise<void> {
  let isConnected = true
  const stop = session.victim.onPeer((state) => (isConnected = state === 'connected'))
  const hellos = script.slice(0, 2)
  const flat = pool.filter(isFlat)
  const costly = expensive()
  let queue = script.slice(0, -1)
  for (let n = 0; n < FRAMES; n++) {
    // Whoever has left comes again, as there would be nothing to disturb.
    if (!queue.length) queue = isConnected ? [random.pick(pool)] : random.once(3) ? [...script] : [...hellos]
    const [next, ...rest] = queue
    queue = rest
    switch (random.below(14)) {
      case 0:
        break
      case 1:
        session.say(next)
        session.say(next)
        break
      case 2:
        queue = [...rest.slice(0, 1), next, ...rest.slice(1)]
        break
      case 3:
        session.say(spliced(next, random.pick(pool), random))
        break
      case 4:
      case 5:
        session.say(changed(next, pool, random, 1 + random.below(3)))
        break
      case 6:
        session.say(next)
        session.say(changed(random.pick(pool), pool, random, 1 + random.below(2)))
        break
      case 7:
      case 8:
        session.say(flat.length ? miscounted(random.pick(flat), random) : next)
        break
      case 9:
        session.say(random.once(2) ? inflated(random.pick(pool), random) : next)
        break
      case 10:
        session.say(random.once(2) ? random.pick(costly) : next)
        break
      default:
        session.say(next)
    }
    if (random.once(4)) await meter.turn()
  }
  stop()
  await turns(session.link)
}

async function* upTo(n: number): AsyncGenerator<number> {
  for (let i = 1; i <= n; i++) yield i
}

const references = (count: number): (() => number)[] => Array.from({ length: count }, (_, n) => () => n)

/** What a peer that means well gets of the victim, by layer. */
const uses: Partial<Record<Kind, (left: RPC) => Promise<void>>> = {
  references: async (left) => {
    expect(await left.invoke('use', [async (a: number, b: number) => a + b])).toBe(3)
    const { callback } = await left.invoke<{ callback: (n: number) => Promise<number> }>('give')
    expect(await callback(7)).toBe(7)
  },
  streams: async (left) => {
    const items: number[] = []
    const counted = await left.invoke<AsyncIterable<number>>('count', [5])
    for await (const item of counted) items.push(item)
    expect(items).toEqual([1, 2, 3, 4, 5])
    expect(await left.invoke('sum', [upTo(4)])).toBe(10)
  },
  signals: async (left) => {
    const controller = new AbortController()
    let isOver = false
    const waiting = left.invoke('wait', [controller.signal]).finally(() => (isOver = true))
    await left.invoke('later', [1])
    expect(isOver).toBe(false)
    controller.abort()
    expect(await waiting).toBe('aborted')
  },
  batches: async (left) =>
    expect(
      await left.batch((call) => {
        call.notify('echo', [1])
        return [call('math.add', [1, 2]), call('later', [3])]
      }),
    ).toEqual([3, 3]),
  codec: async (left) =>
    expect(await left.invoke('echo', [1n, new Map([[1, undefined]])])).toStrictEqual([
      1n,
      new Map([[1, undefined]]),
    ]),
}

const outcomeOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    (value) => ({ value }),
    (error: unknown) => ({ code: Reflect.get(Object(error), 'code') }),
  )

/** The session goes on; somebody else can take the left one's place, and finds all tables empty. */
async function check(session: Session, { kind }: Layer, medium: Medium): Promise<void> {
  const { link, victim, posted, own, permitted } = session
  for (const { id, method } of messagesIn(posted))
    if (method === undefined && id !== null) answered(own.ran, id)
  expect(excess(own.ran, permitted)).toEqual([])
  posted.length = 0
  session.say(request('check', 'math.add', [40, 2]))
  await turns(link)
  expect(messagesIn(posted).filter(({ id, method }) => id === 'check' && method === undefined)).toMatchObject(
    [{ result: 42 }],
  )
  // A page that comes back has the session that it had.
  for (const message of [hello('again'), notification('rpc.close'), hello('again')]) session.say(message)
  await turns(link)
  const states: string[] = []
  victim.onPeer((state) => states.push(state))()
  expect(states).toEqual(['connected'])
  const orphan = outcomeOf(victim.invoke('none'))
  const left = new RPC({ transport: transportOf(link, 'left', medium), methods: serviceOf(ledger()) })
  try {
    await settled(link, 'a reconnect', left.connect(0))
    await turns(link)
    expect(await settled(link, 'a call of a former epoch', orphan)).toEqual({ code: ErrorCode.PEER_GONE })
    const both = Promise.all([left.invoke('math.add', [1, 2]), victim.invoke('math.add', [3, 4])])
    expect(await settled(link, 'a call after a reconnect', both)).toEqual([3, 7])
    await settled(link, `${kind} after a reconnect`, (uses[kind] ?? (async () => {}))(left))
    // A few that are under way still.
    const filling = references(ROOM - 24)
    await settled(link, 'passing references after a reconnect', left.invoke('later', [filling]))
    await settled(link, 'passing references back', victim.invoke('later', [filling]))
  } finally {
    left.destroy()
  }
}

async function end({ link, victim, own, over }: Session): Promise<void> {
  victim.destroy()
  await settled(link, 'a call of the victim after destroy()', over)
  for (let i = 0; i < 50 && own.open; i++) await turns(link, 1)
  expect({ handlersThatDoNotEnd: own.open }).toEqual({ handlersThatDoNotEnd: 0 })
  // Vitest keeps what is expected to reject.
  expect(await outcomeOf(victim.invoke('math.add', [1, 2]))).toEqual({ code: ErrorCode.CLOSED })
}

const shown = (frame: unknown): string =>
  inspect(frame, { depth: 9, maxArrayLength: 20, maxStringLength: 500, breakLength: Infinity })

/** Play one session. @throws an error that says how to play it again. @returns what was diagnosed. */
export async function chunk(layer: Layer, seed: number, meter: Meter): Promise<readonly Diagnostic[]> {
  const random = randomOf(seed)
  const medium = random.pick(layer.media)
  const session = begin(layer, medium, random, meter)
  const [hello] = session.posted
  const names = { [OURS]: String(Reflect.get(Object(hello), 'id')), [THEIRS]: `left ${seed}` }
  const script = (await recorded(layer.kind, medium)).map((frame) => renamed(frame, names))
  const pool = [...script, ...(layer.more ?? []).map((frame) => renamed(frame, names))]
  try {
    await disturb(session, script, pool, { random, meter })
    await check(session, layer, medium)
    await end(session)
  } catch (cause) {
    session.victim.destroy()
    const last = session.said.map(shown).join('\n')
    throw new Error(
      `${layer.kind} over ${medium}, --layer ${layer.kind} --seed ${seed} --frames ${FRAMES}; the last frames:\n${last}`,
      { cause },
    )
  }
  return session.diagnostics
}
