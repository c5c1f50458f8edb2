/** Two and three copies of the library over one window. `npm run copies` runs 2,000 schedules in each browser. */
import { expect, inject, test } from 'vitest'
import { within } from '../contract/fixture.ts'
import { type Kind, load, type Member, type Outcome, Participant } from './copies/participant.ts'

const [server, elsewhere] = inject('origins')
const { schedules, seed } = inject('copies')
const isFirefox = navigator.userAgent.includes('Firefox')
const SCHEDULES = schedules || (isFirefox ? 60 : 150)
const AT_ONCE = 24
/** A failure names its seed: `npm run copies -- --seed N --schedules 1`. */
const SEED = seed || Math.floor(Math.random() * 2 ** 32)
const MOST = 3

const copies = new Map<string, Promise<Awaited<ReturnType<typeof load>>>>()
const copyOf = (kind: Kind, n: number): ReturnType<typeof load> => {
  const key = `${kind} ${n}`
  const copy = copies.get(key) ?? load(server, kind, n)
  copies.set(key, copy)
  return copy
}

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

const replies = new Map<number, (outcomes: (Outcome | undefined)[]) => void>()
let asked = 0
addEventListener('message', ({ data }) => {
  const { answers, outcomes } = Object(data) as {
    readonly answers?: number
    readonly outcomes?: Outcome[]
  }
  if (answers !== undefined) replies.get(answers)?.(outcomes ?? [])
})

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

class Schedule {
  readonly #next: () => number
  readonly #isMixed: boolean
  readonly #frame = document.createElement('iframe')
  readonly #here: Participant[] = []
  readonly log: string[] = []

  constructor(seed: number, isMixed: boolean) {
    this.#next = random(seed)
    this.#isMixed = isMixed
  }

  /** @returns what went wrong. */
  async run(): Promise<string[]> {
    const origin = this.#pick([server, elsewhere, location.origin])
    const [here, there] = this.#sides()
    const members: Member[] = there.map((kind) => ({ kind, wait: this.#ms(40) }))
    this.log.push(`${origin}, here ${here.join(' ')}, there ${there.join(' ')}`)
    const hash = encodeURIComponent(
      JSON.stringify({
        members,
        origin: location.origin,
        isPublishedThere: here.includes('published'),
        bundle: `${server}/copies.js`,
      }),
    )
    // Of this page's own origin vitest serves it.
    const path = origin === location.origin ? '/test/browser/windows/page.xhtml' : '/copies'
    this.#frame.src = `${origin}${path}#${hash}`
    document.body.append(this.#frame)
    for (const [n, kind] of here.entries())
      this.#here.push(
        new Participant(await copyOf(kind, n), () => this.#frame, {
          origin,
          kind,
          isPublishedThere: there.includes('published'),
        }),
      )
    const steps = [...this.#here].map((one) => () => one.start())
    for (let more = Math.floor(this.#next() * 4); more > 0; more--) steps.push(this.#disturbance())
    for (const step of steps) {
      step()
      await sleep(this.#ms(60))
    }
    return this.#settle()
  }

  close(): void {
    for (const one of this.#here) one.stop()
    this.#frame.remove()
  }

  #pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.#next() * from.length)] as T
  }

  #ms(most: number): number {
    return Math.max(0, Math.floor(this.#next() * most * 1.5 - most / 2))
  }

  #sides(): [here: Kind[], there: Kind[]] {
    if (this.#isMixed) {
      const mixed: Kind[] = ['alone', 'published']
      return this.#next() < 0.5 ? [mixed, ['alone']] : [['alone'], mixed]
    }
    const here = this.#kinds(1)
    return [here, this.#kinds(here.length === 1 ? 2 : 1)]
  }

  #kinds(least: number): Kind[] {
    const count = least + Math.floor(this.#next() * (MOST + 1 - least))
    const kind = this.#pick<Kind | undefined>(['together', 'alone', undefined])
    return Array.from({ length: count }, () => kind ?? this.#pick<Kind>(['together', 'alone']))
  }

  #disturbance(): () => void {
    const what = this.#pick(['reload', 'reload', 'renew here', 'renew there'] as const)
    const which = this.#pick(this.#here)
    return () => {
      this.log.push(what)
      if (what === 'renew here') which.start()
      else if (what === 'renew there') void this.#ask('renew')
      else this.#frame.src = this.#frame.src.replace(/#|\?\d+#/, `?${++asked}#`)
    }
  }

  #ask(what: string): Promise<(Outcome | undefined)[]> {
    return new Promise((resolve) => {
      const ask = ++asked
      replies.set(ask, resolve)
      this.#frame.contentWindow?.postMessage({ ask, what }, '*')
    })
  }

  /** In the end each is answered or told, and somebody is answered on both sides. */
  async #settle(): Promise<string[]> {
    const end = performance.now() + 20_000
    let seen = ''
    // What is asked of a document that is about to go is lost.
    while (performance.now() < end) {
      const asked = this.#ask('outcomes')
      const there = await Promise.race([asked, sleep(12_000)])
      if (!there) continue
      const here = await Promise.all(this.#here.map((one) => one.outcome()))
      seen = `here ${here.join()}; there ${there.join()}`
      if (seen.includes('wrong')) return [seen]
      if (here.includes('answered') && there.includes('answered')) return []
      await sleep(20)
    }
    return [`nobody is connected: ${seen}`]
  }
}

/** Run schedules one beside the other. @returns what went wrong. */
async function runAll(count: number, isMixed: boolean, note: (text: string) => unknown): Promise<string[]> {
  let next = 0
  const failures: string[] = []
  const until = performance.now() + (schedules ? Infinity : 25_000)
  const work = async (): Promise<void> => {
    while (next < count && failures.length < 5 && performance.now() < until) {
      const seed = SEED + next++
      const schedule = new Schedule(seed, isMixed)
      const problems = await within(60_000, schedule.run()).catch((error: unknown) => [String(error)])
      if (problems.length) failures.push(`Seed ${seed}: ${schedule.log.join(', ')}: ${problems.join()}`)
      schedule.close()
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  await note(`${next} schedules from seed ${SEED}: ${failures.length} failures`)
  return failures
}

const HOUR = 3_600_000

test(
  `C40: ${SCHEDULES} schedules of two and three copies over one window: each is connected or told`,
  async ({ annotate }) => {
    expect(await runAll(SCHEDULES, false, (text) => annotate(text, 'figure'))).toEqual([])
  },
  HOUR,
)

test(
  'C40: a copy beside one of 0.1.0, which follows whoever came last: the new ones are connected or told',
  async ({ annotate }) => {
    expect(await runAll(Math.ceil(SCHEDULES / 5), true, (text) => annotate(text, 'figure'))).toEqual([])
  },
  HOUR,
)
