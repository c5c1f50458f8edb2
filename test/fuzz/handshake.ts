/** The same for the handshake of windows and channels: greetings that go wrong, with and without ports, and what is said over those. */
import { expect } from 'vitest'
import { upgradeTransport, type Upgrade } from '../../src/windows/port-upgrade.ts'
import { RPC } from '../../src/index.ts'
import { pause } from '../features/encoding/collect.ts'
import { turn } from '../peer/pair.ts'
import type { Meter } from './costs.ts'
import { excess, permit } from './permitted.ts'
import { type Random, randomOf } from './random.ts'
import { OURS, renamed, THEIRS } from './recording.ts'
import { activities, ledger, serviceOf } from './service.ts'
import { changed, copyOf, spliced } from './structure.ts'

/** Frames of one session. Each session may wait a second or two for a peer that says nothing, so there are few, and long ones. */
export const GREETINGS = 300

const PORT = '<port>'
const ORIGIN = 'https://left.example'

interface Heard {
  readonly message: { readonly params: { readonly session: string } }
  readonly ports: readonly MessagePort[]
}

/** One side of a window as the handshake sees it. */
interface Place {
  readonly upgrade: Upgrade
  /** What it posts is handed to that. */
  to: (heard: Heard) => void
  hear: (data: unknown, origin: string) => void
}

function placeOf(): Place {
  const place: { -readonly [K in keyof Place]?: Place[K] } = { to: () => {}, hear: () => {} }
  const upgrade = upgradeTransport({
    endpoint: {},
    channel: undefined,
    opaque: false,
    greets: () => [ORIGIN],
    trusts: () => false,
    post: (message, _to, ports) =>
      (place as Place).to({ message: message as Heard['message'], ports: ports as MessagePort[] }),
    hear: (on) => {
      place.hear = on
      return () => void (place.hear = () => {})
    },
  })
  return Object.assign(place as Place, { upgrade })
}

// A peer that says nothing is replaced after a second.
async function until(what: string, isDone: () => boolean): Promise<void> {
  for (let i = 0; i < 3_000 && !isDone(); i++) await (i % 10 ? turn() : pause(20))
  if (!isDone()) throw new Error(what)
}

async function settled<T>(what: string, promise: Promise<T>): Promise<T> {
  let isOver = false
  promise.finally(() => (isOver = true)).catch(() => {})
  await until(`${what} does not settle`, () => isOver)
  return promise
}

const join = (left: Place, right: Place, see: (heard: Heard) => void = () => {}): void => {
  // In turns of their own, as windows post.
  left.to = (heard) => {
    see(heard)
    queueMicrotask(() => right.hear(heard.message, ORIGIN))
  }
  right.to = ({ message }) => queueMicrotask(() => left.hear(message, ORIGIN))
}

/** The greetings of a left side that is the maker of the channel, and of one that is not. */
async function record(): Promise<unknown[]> {
  const found = new Map<string, unknown>()
  // Who makes it is drawn.
  for (let i = 0; i < 40 && found.size < 3; i++) {
    const [left, right] = [placeOf(), placeOf()]
    const said: unknown[] = []
    let ours = ''
    join(left, right, ({ message }) =>
      said.push(copyOf(message, (leaf) => (leaf instanceof MessagePort ? PORT : leaf))),
    )
    const { to } = right
    right.to = (heard) => {
      ours = heard.message.params.session
      to(heard)
    }
    const rpcs = [left, right].map(({ upgrade }) => new RPC({ transport: upgrade.transport }))
    await settled('a recorded handshake', Promise.all(rpcs.map((rpc) => rpc.connect(0))))
    rpcs.forEach((rpc) => rpc.destroy())
    const theirs = String(Reflect.get(Object(Reflect.get(Object(said[0]), 'params')), 'session'))
    for (const frame of said.map((one) => renamed(one, { [theirs]: THEIRS, [ours]: OURS })))
      found.set(JSON.stringify(frame), frame)
  }
  return [...found].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, frame]) => frame)
}

let recording: Promise<readonly unknown[]> | undefined

/**
 * Whether the receiver of a port is the one that must close it, or use it. What answers a session that it has not had is for another
 * copy of portcall in the same window, and so is its port.
 * @param sessions those that it has had, the latest last.
 */
function isOffered(frame: unknown, sessions: ReadonlySet<string>): boolean {
  const { jsonrpc, method, id, params } = Object(frame) as Record<string, unknown>
  const { port, session, re, name } = Object(params) as Record<string, unknown>
  return (
    jsonrpc === '2.0' &&
    method === 'rpc.connect' &&
    id === undefined &&
    port instanceof MessagePort &&
    typeof session === 'string' &&
    session !== [...sessions].at(-1) &&
    (re === undefined || sessions.has(re as string)) &&
    name === undefined
  )
}

class Attack {
  readonly victim: RPC
  readonly own = ledger()
  readonly permitted = new Map<string, number>()
  readonly place = placeOf()
  readonly over: Promise<unknown>
  /** The attacker's ends of channels, its own and the victim's. */
  readonly ends: MessagePort[] = []
  /** How many of its ports the victim is to have closed, and has. */
  owed = 0
  closed = 0
  ours = ''
  readonly #sessions = new Set<string>()
  readonly #meter: Meter

  constructor(meter: Meter) {
    this.#meter = meter
    this.place.to = ({ message, ports }) => {
      const { session } = message.params
      this.ends.push(...ports)
      // A list of one says that the session is over.
      if (typeof session !== 'string') return
      this.ours = session
      this.#sessions.add(session)
    }
    this.victim = new RPC({
      transport: this.place.upgrade.transport,
      methods: serviceOf(this.own),
      connectTimeout: 0,
    })
    this.over = Promise.allSettled(activities.requests(this.victim))
  }

  greet(frame: unknown, random: Random): void {
    const made: MessagePort[] = []
    const wire = copyOf(frame, (leaf) => {
      if (leaf !== PORT) return leaf
      const { port1, port2 } = new MessageChannel()
      made.push(port1)
      return port2
    })
    const isOwed = isOffered(wire, this.#sessions)
    // Of two ports in one frame it could not be told which is meant.
    if (made.length > 1) return made.forEach((port) => port.close())
    if (isOwed) this.owed++
    for (const port of made) {
      port.addEventListener('close', () => void (isOwed && this.closed++))
      port.start()
      this.ends.push(port)
    }
    const origin = random.once(8) ? 'null' : ORIGIN
    this.#meter.frame(frame, () => this.place.hear(wire, origin))
  }

  /** Over a channel, whoever made it. */
  say(frame: unknown, random: Random): void {
    if (!this.ends.length) return
    permit(this.permitted, frame)
    try {
      random.pick(this.ends).postMessage(frame)
    } catch {
      // What cannot be cloned cannot be said.
    }
  }
}

async function disturb(
  attack: Attack,
  frames: readonly unknown[],
  calls: readonly unknown[],
  random: Random,
): Promise<void> {
  const theirs = random.pick(['0', 'z'])
  let epoch = 0
  for (let n = 0; n < GREETINGS; n++) {
    if (random.once(12)) epoch++
    const names = { [THEIRS]: `${theirs}${epoch}`, [OURS]: attack.ours }
    const pool = frames.map((frame) => renamed(frame, names))
    const next = random.pick(pool)
    switch (random.below(8)) {
      case 0:
        attack.greet(spliced(next, random.pick(pool), random), random)
        break
      case 1:
      case 2:
        attack.greet(changed(next, pool, random, 1 + random.below(2)), random)
        break
      case 3:
        attack.say(
          random.once(2) ? random.pick(calls) : changed(random.pick(calls), calls, random, 1),
          random,
        )
        break
      case 4:
        random.pick([
          attack.place.upgrade.restart,
          attack.place.upgrade.leave,
          () => attack.place.hear(random.pick(calls), ORIGIN),
          () => attack.place.hear(random.pick(calls), ORIGIN),
        ])()
        break
      default:
        attack.greet(next, random)
    }
    if (random.once(4)) await turn()
  }
  for (let i = 0; i < 10; i++) await turn()
}

/** Somebody who means well, in the place of the attacker. */
async function check({ place, victim }: Attack): Promise<void> {
  const left = placeOf()
  join(left, place)
  const rpc = new RPC({ transport: left.upgrade.transport, methods: serviceOf(ledger()) })
  try {
    await settled('a handshake after that', rpc.connect(0))
    await settled('a call after that', rpc.invoke('math.add', [1, 2]))
    expect(await settled('a call back after that', victim.invoke('math.add', [3, 4]))).toBe(7)
  } finally {
    rpc.destroy()
  }
}

/** Play one session. @throws an error that says how to play it again. */
export async function handshakeChunk(seed: number, calls: readonly unknown[], meter: Meter): Promise<void> {
  const random = randomOf(seed)
  const frames = await (recording ??= record())
  expect(frames.length).toBeGreaterThanOrEqual(3)
  const attack = new Attack(meter)
  try {
    await disturb(attack, frames, calls, random)
    expect(excess(attack.own.ran, attack.permitted)).toEqual([])
    await check(attack)
    attack.victim.destroy()
    await settled('a call of the victim after destroy()', attack.over)
    await until(
      `${attack.owed - attack.closed} of ${attack.owed} ports are left open`,
      () => attack.closed === attack.owed,
    )
    await until('a handler does not end', () => attack.own.open === 0)
  } catch (cause) {
    throw new Error(`handshake: --layer handshake --seed ${seed} --frames ${GREETINGS}`, { cause })
  } finally {
    attack.victim.destroy()
    for (const port of attack.ends) port.close()
  }
}
