/** Several copies of the library on both sides of one medium that do not know of each other, with reloads, without windows. */
import { expect, test } from 'vitest'
import { RPC, type Transport } from '../../src/index.ts'
import { PEER_GONE } from '../../src/protocol/errors.ts'
import { upgradeTransport } from '../../src/windows/port-upgrade.ts'

const SCHEDULES = Number(process.env['COPIES_SCHEDULES'] ?? 300)
const SEED = Number(process.env['COPIES_SEED'] ?? Math.floor(Math.random() * 2 ** 32))
const MOST = 3

type Hear = (data: unknown, origin: string) => void
type Side = 0 | 1

/** Mulberry32: numbers from 0 to 1. */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

class World {
  readonly #next: () => number
  readonly #listeners: readonly [Set<Hear>, Set<Hear>] = [new Set(), new Set()]
  readonly #queues: readonly [unknown[], unknown[]] = [[], []]
  readonly sides: readonly [Copy[], Copy[]] = [[], []]
  readonly log: string[] = []
  #isOver = false

  constructor(seed: number) {
    this.#next = random(seed)
    void this.#deliver()
  }

  pick(count: number): number {
    return Math.floor(this.#next() * count)
  }

  async pause(): Promise<void> {
    for (let turns = this.pick(8); turns > 0; turns--) await turn()
  }

  post(from: Side, message: unknown): void {
    this.#queues[from === 0 ? 1 : 0].push(message)
    this.log.push(`${from} ${brief(message)}`)
  }

  hear(side: Side, on: Hear): () => void {
    this.#listeners[side].add(on)
    return () => void this.#listeners[side].delete(on)
  }

  /** Another document: what ran there ends, with a goodbye or without. */
  load(side: Side): void {
    const isSilent = this.pick(3) === 0
    this.log.push(`load ${side} ${isSilent ? 'silently' : ''}`)
    this.#listeners[side].clear()
    this.sides[side].forEach((copy) => copy.die(isSilent))
    this.sides[side].forEach((copy) => copy.start())
  }

  end(): void {
    this.#isOver = true
    for (const copy of this.sides.flat()) copy.stop()
  }

  async #deliver(): Promise<void> {
    while (!this.#isOver) {
      for (const side of [0, 1] as const) {
        if (this.pick(3) === 0) continue
        const message = this.#queues[side].shift()
        if (message !== undefined)
          for (const on of Array.from(this.#listeners[side])) on(message, 'https://a.example')
      }
      await turn()
    }
  }
}

const brief = (message: unknown): string =>
  JSON.stringify(message, (key, value: unknown) =>
    key === 'port' ? 'port' : typeof value === 'string' && value.length > 30 ? value.slice(0, 4) : value,
  ).slice(42)

class Copy {
  readonly #world: World
  readonly #side: Side
  readonly name: string
  #life = { isOver: false }
  #upgrade: ReturnType<typeof upgradeTransport> | undefined
  #rpc: RPC | undefined

  constructor(world: World, side: Side, name: string) {
    this.#world = world
    this.#side = side
    this.name = name
  }

  start(): void {
    this.stop()
    this.#world.log.push(`start ${this.name}`)
    const world = this.#world
    const side = this.#side
    const life = { isOver: false }
    this.#life = life
    const upgrade = upgradeTransport({
      endpoint: {},
      channel: undefined,
      opaque: false,
      greets: () => ['https://a.example'],
      trusts: () => false,
      post: (message) => life.isOver || world.post(side, message),
      hear: (on) => world.hear(side, on),
    })
    this.#upgrade = upgrade
    // What has died without a word hears and says nothing, though its port is not closed.
    const { transport } = upgrade
    const mortal: Transport = {
      ...transport,
      post: (message, transfer) => life.isOver || transport.post(message, transfer),
      listen: (to) =>
        transport.listen({
          ...to,
          message: (data, origin) => life.isOver || to.message(data, origin),
          opened: () => life.isOver || to.opened(),
        }),
    }
    this.#rpc = new RPC({ transport: mortal, methods: { ping: () => 'pong' }, connectTimeout: 0 })
    this.#rpc.onPeer((state) => life.isOver || world.log.push(`${this.name} is ${state}`))
    this.#rpc.invoke('ping').catch(() => {})
  }

  stop(): void {
    this.#rpc?.destroy()
    this.#life.isOver = true
    this.#rpc = undefined
  }

  die(isSilent: boolean): void {
    // A document that goes says goodbye, mostly.
    if (!isSilent) this.#upgrade?.leave()
    this.#life.isOver = true
    this.#rpc = undefined
  }

  async outcome(): Promise<string | undefined> {
    return this.#rpc?.invoke('ping', null, { timeout: 45_000 }).then(
      () => 'answered',
      (error: { code: number; message: string }) =>
        error.code === PEER_GONE ? 'told' : `wrong: ${error.message}`,
    )
  }
}

async function run(seed: number): Promise<string | undefined> {
  const world = new World(seed)
  for (const side of [0, 1] as const)
    for (let count = 1 + world.pick(MOST); count > 0; count--)
      world.sides[side].push(new Copy(world, side, `${'AB'[side]}${count}`))
  const all = world.sides.flat()
  const steps = all.map((copy) => () => copy.start())
  for (let i = steps.length - 1; i > 0; i--) {
    const j = world.pick(i + 1)
    ;[steps[i], steps[j]] = [steps[j] as () => void, steps[i] as () => void]
  }
  for (let more = world.pick(5); more > 0; more--) {
    const side = world.pick(2) as Side
    const copy = all[world.pick(all.length)] as Copy
    steps.push(world.pick(2) ? () => world.load(side) : () => copy.start())
  }
  for (const step of steps) {
    step()
    await world.pause()
  }
  const late = Date.now() + 40_000
  let seen = ''
  while (Date.now() < late) {
    const [here, there] = await Promise.all(
      world.sides.map((side) => Promise.all(side.map((copy) => copy.outcome()))),
    )
    seen = `${here?.join()}; ${there?.join()}`
    if (seen.includes('wrong')) break
    if (here?.includes('answered') && there?.includes('answered')) {
      seen = ''
      break
    }
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  world.end()
  return seen && `Seed ${seed}: ${seen}\n${world.log.join('\n')}`
}

test(`C40: ${SCHEDULES} schedules of copies that do not know of each other: each is connected or told`, async () => {
  const failures: string[] = []
  let next = 0
  const work = async (): Promise<void> => {
    while (next < SCHEDULES && failures.length < 3) {
      const failure = await run(SEED + next++)
      if (failure) failures.push(failure)
    }
  }
  await Promise.all(Array.from({ length: 20 }, work))
  expect(failures.join('\n\n')).toBe('')
}, 600_000)
