/**
 * A connection that is made again, in the turn of its `destroy()` or later, over a medium that tells nobody of a closed port, as
 * in Firefox. The clock stands still: what helps only because some time has passed does not help here.
 */
import { MessagePort } from 'node:worker_threads'
import fc from 'fast-check'
import { expect, onTestFinished, test, vi } from 'vitest'
import { ErrorCode, RPC, type RPCError } from '../../src/index.ts'
import { OPAQUE } from '../../src/windows/origins.ts'
import { type Upgrade, upgradeTransport } from '../../src/windows/port-upgrade.ts'

type Hear = (data: unknown, origin: string) => void
type Side = 'near' | 'far'
const SIDES = ['near', 'far'] as const
type Delivery = 'to far' | 'to near' | 'ports'
/** What happens next: what was posted arrives, or a side is destroyed, made again at once, or another document is loaded. */
type Step = Delivery | `${Side} ${'ends' | 'again' | 'loads'}`

const STEPS = ['to far', 'to near', 'ports'] as const
const ORIGIN = 'https://a.example'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** All lists of so many steps. */
const lists = (length: number): Delivery[][] =>
  length === 0 ? [[]] : lists(length - 1).flatMap((list) => STEPS.map((step) => [...list, step]))

interface Running {
  readonly rpc: RPC
  readonly upgrade: Upgrade
}

class World {
  readonly #opaque: readonly Side[]
  readonly #queues: Readonly<Record<Side, unknown[]>> = { near: [], far: [] }
  readonly #listeners: Record<Side, Hear | undefined> = { near: undefined, far: undefined }
  readonly #endpoints = { near: {}, far: {} }
  readonly #running: Record<Side, Running | undefined> = { near: undefined, far: undefined }
  readonly log: string[] = []

  constructor(opaque: readonly Side[]) {
    this.#opaque = opaque
  }

  #originOf(side: Side): string {
    return this.#opaque.includes(side) ? OPAQUE : ORIGIN
  }

  start(side: Side): void {
    const other = side === 'near' ? 'far' : 'near'
    const upgrade = upgradeTransport({
      endpoint: this.#endpoints[side],
      channel: 'files',
      opaque: this.#opaque.includes(side),
      greets: () => [this.#originOf(other) === OPAQUE ? '*' : ORIGIN],
      trusts: () => false,
      post: (message) => {
        this.#queues[other].push(message)
        this.log.push(`${side} says ${JSON.stringify(message)}`)
      },
      hear: (on) => {
        this.#listeners[side] = on
        return () => void (this.#listeners[side] = undefined)
      },
    })
    const rpc = new RPC({ transport: upgrade.transport, methods: { add: (a: number, b: number) => a + b } })
    this.#running[side] = { rpc, upgrade }
  }

  startBoth(): void {
    for (const side of SIDES) if (!this.#running[side]) this.start(side)
  }

  async do(step: Step): Promise<void> {
    this.log.push(step)
    if (step === 'ports') for (let turns = 0; turns < 4; turns++) await turn()
    else if (step === 'to far' || step === 'to near') this.#deliver(step === 'to far' ? 'far' : 'near')
    else {
      const [side, what] = step.split(' ') as [Side, 'ends' | 'again' | 'loads']
      if (what === 'loads') this.#load(side)
      else this.#destroy(side)
      if (what !== 'ends') this.start(side)
    }
  }

  #destroy(side: Side): void {
    this.#running[side]?.rpc.destroy()
    this.#running[side] = undefined
  }

  /** Another document, to which nobody has spoken. */
  #load(side: Side): void {
    this.#running[side]?.upgrade.leave()
    this.#listeners[side] = undefined
    this.#endpoints[side] = {}
  }

  #deliver(to: Side): void {
    const message = this.#queues[to].shift()
    if (message !== undefined) this.#listeners[to]?.(message, this.#originOf(to === 'far' ? 'near' : 'far'))
  }

  /** Deliver all that comes: a call is answered, though those before it may be told that the peer is gone. */
  async connects(): Promise<boolean> {
    let isAnswered = false
    const call = (): void => {
      this.#running.near?.rpc.invoke('add', [1, 2]).then(
        () => (isAnswered = true),
        (error: RPCError) => {
          this.log.push(error.message)
          if (error.code === ErrorCode.PEER_GONE) call()
        },
      )
    }
    call()
    for (let turns = 0; turns < 200 && !isAnswered; turns++) {
      for (const side of SIDES) this.#deliver(side)
      await turn()
    }
    return isAnswered
  }

  end(): void {
    for (const side of SIDES) this.#destroy(side)
  }
}

/** Ports tell nothing of their end, and no timer rings. */
function asInFirefox(): void {
  const { prototype } = MessagePort
  const on = Reflect.get(prototype, 'on') as (
    this: MessagePort,
    type: string,
    listener: () => void,
  ) => unknown
  const deaf = function (this: MessagePort, type: string, listener: () => void): unknown {
    return type === 'close' ? this : on.call(this, type, listener)
  }
  const isOwn = Object.hasOwn(prototype, 'on')
  Reflect.set(prototype, 'on', deaf)
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => {
    vi.useRealTimers()
    if (isOwn) Reflect.set(prototype, 'on', on)
    else Reflect.deleteProperty(prototype, 'on')
  })
}

interface Kind {
  readonly name: string
  readonly opaque: readonly Side[]
}
const kinds: readonly Kind[] = [
  { name: 'none', opaque: [] },
  { name: 'near', opaque: ['near'] },
  { name: 'far', opaque: ['far'] },
  { name: 'both', opaque: ['near', 'far'] },
]

test.for(kinds)(
  'C70: destroyed at any moment and made again at once, it connects (opaque: $name)',
  { timeout: 120_000 },
  async ({ opaque }) => {
    asInFirefox()
    for (const steps of [0, 1, 2, 3, 4].flatMap(lists)) {
      const world = new World(opaque)
      world.start('near')
      world.start('far')
      for (const step of steps) await world.do(step)
      await world.do('near again')
      expect((await world.connects()) || world.log.join('\n')).toBe(true)
      world.end()
    }
  },
)

/** 10,000 of each kind were tried. */
const RUNS = 200

const step = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom<Step>(...STEPS) },
  { weight: 2, arbitrary: fc.constantFrom<Step>('near again', 'far again') },
  { weight: 1, arbitrary: fc.constantFrom<Step>('near ends', 'far ends', 'near loads', 'far loads') },
)

test.for(kinds)(
  'C70: however often, and on whichever side (opaque: $name)',
  { timeout: 120_000 },
  async ({ opaque }) => {
    asInFirefox()
    const schedule = fc.array(step, { maxLength: 24 })
    const connects = async (steps: readonly Step[]): Promise<void> => {
      const world = new World(opaque)
      world.start('near')
      world.start('far')
      for (const step of steps) await world.do(step)
      world.startBoth()
      expect((await world.connects()) || world.log.join('\n')).toBe(true)
      world.end()
    }
    await fc.assert(fc.asyncProperty(schedule, connects), { numRuns: RUNS })
  },
)
