import { expect, test } from 'vitest'
import { ErrorCode, type OriginOption, RPC, windowTransport } from '../../src/index.ts'
import { within } from '../contract/fixture.ts'
import { addFrame, addressOf, B, C, type FramePage, HERE } from './windows/frames.ts'
import type { Posted, Start } from './windows/protocol.ts'
import { spyOn, standInForSources } from './windows/spy.ts'
import { service, until } from './windows/stage.ts'

standInForSources()

const isFirefox = navigator.userAgent.includes('Firefox')
const SCHEDULES = isFirefox ? 60 : 200
const AT_ONCE = 5

/** Set it to the seed that a failure names, to see it again. */
const SEED = Math.floor(Math.random() * 2 ** 32)

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

interface Kind {
  readonly origins: readonly string[]
  readonly origin: OriginOption
  readonly sandbox?: string
  readonly channel?: string
}

const kinds: readonly Kind[] = [
  { origins: [HERE], origin: HERE },
  { origins: [B], origin: B },
  { origins: [B, C, HERE], origin: [HERE, B, C] },
  { origins: [C, B], origin: (it) => it === B || it === C },
  { origins: [B, HERE], origin: '*', channel: 'files' },
  { origins: [B, C], origin: HERE, sandbox: 'allow-scripts' },
]

class Schedule {
  readonly #next: () => number
  readonly #kind: Kind
  readonly #start: Start
  readonly #page: FramePage
  readonly #posted: Posted[]
  readonly #element: { readonly contentWindow: ReturnType<typeof spyOn>['window'] | null }
  readonly #calls: Promise<unknown>[] = []
  readonly #ids: string[] = []
  readonly log: string[] = []
  #rpc: RPC | undefined
  #heard = 0

  constructor(seed: number) {
    this.#next = random(seed)
    this.#kind = this.#pick(kinds)
    const { channel, sandbox } = this.#kind
    this.#start = { ...service, ...(channel && { channel }) }
    this.#page = addFrame(this.#pick(this.#kind.origins), this.#options())
    const { window: standIn, posted } = spyOn(this.#page.window)
    const { element } = this.#page
    this.#posted = posted
    this.#element = {
      get contentWindow() {
        return element.contentWindow && standIn
      },
    }
    this.log.push(JSON.stringify({ channel, sandbox, src: element.src.slice(0, 24) }))
  }

  /** @returns what went wrong. */
  async run(): Promise<unknown[]> {
    void this.#noteDocuments()
    const parentFirst = this.#next() < 0.5
    if (!parentFirst) await this.#wait(60)
    this.#connect()
    for (let left = Math.floor(this.#next() * 5); left > 0; left--) {
      await this.#wait(60)
      this.#call()
      await this.#disturb()
      this.#call()
    }
    const outcomes = await this.#settle()
    const fine = new Set<unknown>([...this.#ids, ErrorCode.PEER_GONE, ErrorCode.CLOSED])
    return [...outcomes.filter((outcome) => !fine.has(outcome)), ...this.#posted.filter(isLeak)]
  }

  /** End it, whatever came of it. */
  close(): void {
    this.#rpc?.destroy()
    this.#page.element.remove()
  }

  #pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.#next() * from.length)] as T
  }

  #options(): { starts: Start[]; late: number; sandbox?: string } {
    const { sandbox } = this.#kind
    return { starts: [this.#start], late: Math.floor(this.#next() * 40), ...(sandbox && { sandbox }) }
  }

  #wait(most: number): Promise<void> {
    const ms = Math.floor(this.#next() * most)
    return ms < most / 6 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, ms))
  }

  async #noteDocuments(): Promise<void> {
    for (;;) {
      const id = await this.#page.loaded().catch(() => undefined)
      if (id === undefined) return
      this.#ids.push(id)
    }
  }

  #connect(): void {
    this.#rpc?.destroy()
    const { origin, sandbox, channel } = this.#kind
    this.#rpc = new RPC({
      transport: windowTransport(this.#element, { origin, allowOpaque: sandbox !== undefined }),
      methods: { here: () => this.#heard++ },
      channel: channel,
    })
  }

  #call(): void {
    const outcome = this.#rpc?.invoke('whoami').catch((error: unknown) => Reflect.get(Object(error), 'code'))
    if (outcome) this.#calls.push(outcome)
  }

  async #disturb(): Promise<void> {
    const what = this.#pick(['reload', 'move', 'renew', 'restart', 'nothing'] as const)
    this.log.push(what)
    if (what === 'reload') this.#page.tell({ do: 'reload' })
    else if (what === 'move')
      this.#page.element.src = addressOf(this.#pick(this.#kind.origins), this.#options())
    else if (what === 'renew') this.#connect()
    else if (what === 'restart') {
      this.#page.tell({ do: 'stop' })
      this.#page.tell({ do: 'start', start: this.#start })
    }
  }

  /** In the end the document that is there answers, and calls back. @returns what came of every call from before. */
  async #settle(): Promise<unknown[]> {
    const before = this.#heard
    await until(async () => {
      try {
        // What is said to a document that is about to go is lost, so it is said again.
        this.#rpc?.notify('startCall', ['here'])
        const id = await this.#rpc?.invoke('whoami')
        return this.#heard > before && id === this.#ids.at(-1)
      } catch {
        return false
      }
    })
    return within(45_000, Promise.all(this.#calls))
  }
}

const known = new Set(['session', 're', 'name', 'port'])

const isLeak = ({ to, ports, message }: Posted): boolean =>
  (ports > 0 && ['*', 'null'].includes(to)) ||
  Object.keys(Object((JSON.parse(message) as { params: unknown }).params)).some((key) => !known.has(key))

test(`${SCHEDULES} schedules of late, reloaded, moved and renewed sides end with one channel`, async () => {
  let next = 0
  const failures: string[] = []
  const work = async (): Promise<void> => {
    while (next < SCHEDULES && !failures.length) {
      const seed = SEED + next++
      const schedule = new Schedule(seed)
      const problems = await schedule.run().catch((error: unknown) => [String(error)])
      if (problems.length)
        failures.push(`Seed ${seed}: ${schedule.log.join(', ')}: ${JSON.stringify(problems)}`)
      schedule.close()
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  expect(failures).toEqual([])
}, 60_000)
