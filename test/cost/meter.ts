/**
 * What messages cost the receiver, in a process of its own with little memory: CPU time, memory at its most, and what
 * is kept. A family of messages is sent in sizes n, 2n and 4n.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { RPCInitOptions } from '../../src/index.ts'
import { bundleScripts, type Scripts } from '../adapters/process/scripts.ts'
import type { Family, Medium } from './family.ts'

/** How a receiver is made. */
export interface Setup {
  readonly medium: Medium
  /** The file of another portcall than that of `src`. */
  readonly library?: string | undefined
  readonly options?: Pick<RPCInitOptions, 'limits'> | undefined
}

/** One round: a family's messages of size `n`, or harmless ones like those. */
export interface Round {
  readonly name: string
  readonly n: number
  readonly calls?: number
  readonly like?: { readonly size: number; readonly count: number }
}

export interface Spent {
  /** Milliseconds of CPU time, until all that follows is done. */
  readonly cpu: number
  /** Bytes that the process grew by, at its most. */
  readonly peak: number
  /** Messages that the receiver posted. */
  readonly posted: number
  /** The methods of those that are no answers. */
  readonly called: string
  /** Whether it has no room for calls of its own. */
  readonly isBusy: boolean
  readonly size: number
  readonly count: number
}

type Name = 'receiver' | 'hostile-thread' | 'hostile-process'
export type MeterScripts = Scripts<Name>

export const bundleMeter = (): Promise<MeterScripts> =>
  bundleScripts(fileURLToPath(new URL('scripts/', import.meta.url)), [
    'receiver',
    'hostile-thread',
    'hostile-process',
  ])

/** Another portcall to be measured: the path of its file, such as `test/fixtures/portcall-0.1.0.mjs`. */
const { PORTCALL_LIBRARY } = process.env
export const otherLibrary: string | undefined = PORTCALL_LIBRARY && pathToFileURL(PORTCALL_LIBRARY).href

/** Bytes that a receiver may grow by. */
export const MOST_MEMORY = 67_108_864

/** The heap of a receiver, in MiB. */
const HEAP = 128
/** So that it costs the same each time: nothing is compiled meanwhile, and what is short-lived is collected in small parts. */
const STEADY: readonly string[] = ['--no-opt', '--max-semi-space-size=1', '--single-threaded-gc']
/** Milliseconds after which a receiver counts as lost: thousands of times what any round takes. */
const PATIENCE_MS = otherLibrary ? 6_000 : 30_000

/** A receiver. Whatever ends it is what the order rejects with; the next order starts another one. */
export class Meter {
  readonly #scripts: MeterScripts
  readonly #setup: Setup
  readonly #flags: readonly string[]
  #child: ChildProcess | undefined

  constructor(scripts: MeterScripts, setup: Setup, flags: readonly string[] = STEADY) {
    this.#flags = flags
    this.#scripts = scripts
    this.#setup = setup
  }

  /** Begin again, with an RPC that has seen nothing. */
  async connect(): Promise<void> {
    await this.#order('connect')
  }

  /** Bytes that are in use after a collection. */
  heap(): Promise<number> {
    return this.#order('heap') as Promise<number>
  }

  round(round: Round): Promise<Spent> {
    return this.#order(round) as Promise<Spent>
  }

  close(): void {
    this.#child?.kill('SIGKILL')
    this.#child = undefined
  }

  async #start(): Promise<ChildProcess> {
    const child = fork(this.#scripts.path('receiver'), [JSON.stringify(this.#setup)], {
      execArgv: [`--max-old-space-size=${HEAP}`, ...this.#flags],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    this.#child = child
    await this.#answer(child)
    return child
  }

  async #order(order: 'connect' | 'heap' | Round): Promise<unknown> {
    const child = this.#child ?? (await this.#start())
    const answer = this.#answer(child)
    child.send(order)
    return answer
  }

  async #answer(child: ChildProcess): Promise<unknown> {
    const stop = new AbortController()
    const { signal } = stop
    let said = ''
    const note = (chunk: unknown): void => void (said = `${said}${String(chunk)}`.slice(-20_000))
    child.stderr?.on('data', note)
    const ended = once(child, 'exit', { signal }).then(([code, by]: unknown[]) => {
      const why = /FATAL ERROR.*|\w*Error:.*/.exec(said)?.[0] ?? ''
      throw new Error(`The receiver was ended by ${String(by ?? code)}: ${why}`)
    })
    const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS)
    const late = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', reject)
      setTimeout(
        () => reject(new Error(`The receiver did not come back within ${PATIENCE_MS} ms`)),
        PATIENCE_MS - 1,
      ).unref()
    })
    late.catch(() => {})
    ended.catch(() => {})
    try {
      const [message] = (await Promise.race([once(child, 'message', { signal }), ended, late])) as [
        { readonly result?: unknown; readonly error?: string },
      ]
      if (message.error !== undefined) throw new Error(message.error)
      return message.result
    } catch (error) {
      this.close()
      throw error
    } finally {
      clearTimeout(timer)
      stop.abort()
      child.stderr?.off('data', note)
    }
  }
}

/** What a family costs in three sizes. */
export interface Growth {
  readonly n: number
  /** Of n, 2n and 4n: milliseconds, the best of all rounds. */
  readonly cpu: readonly [number, number, number]
  /** Bytes of 4n on the medium. */
  readonly size: number
  readonly peak: number
  /** It never costs enough to say how it grows. */
  readonly isCheap: boolean
}

/** Milliseconds that n must cost, or noise is measured. */
const LEAST_MS = 2
const ROUNDS = 5
const FIRST = 64
const MOST = 65_536

const best = (all: readonly Spent[]): number => Math.min(...all.map(({ cpu }) => cpu))

/** How many times as much 4n may cost as n. Four would be linear. */
export const MOST_GROWTH = 6

export async function growthOf(
  meter: Meter,
  { name, most = MOST, calls = () => 0 }: Family,
): Promise<Growth> {
  await meter.connect()
  const shoot = (n: number): Promise<Spent> => meter.round({ name, n, calls: calls(n) })
  const largest = Math.max(1, Math.floor(most / 4))
  let n = Math.min(FIRST, largest)
  let peak = 0
  for (;;) {
    // What is compiled, and what was collected meanwhile, is not a cost of it.
    const tried = [await shoot(n)]
    while (tried.length < 3 && best(tried) >= LEAST_MS) tried.push(await shoot(n))
    peak = Math.max(peak, ...tried.map((spent) => spent.peak))
    if (best(tried) >= LEAST_MS || n >= largest) break
    n = Math.min(largest, best(tried) < LEAST_MS / 8 ? 4 * n : 2 * n)
  }
  for (;;) {
    const growth = await measure(shoot, n)
    peak = Math.max(peak, growth.peak)
    const isFine = growth.isCheap || growth.cpu[2] <= MOST_GROWTH * growth.cpu[0]
    // A message of more than its free steps is counted once: a step that lies between n and 4n, and not between 4n and 16n.
    if (isFine || 4 * n > largest) return { ...growth, peak }
    n *= 4
  }
}

async function measure(shoot: (n: number) => Promise<Spent>, n: number): Promise<Growth> {
  const all: [Spent[], Spent[], Spent[]] = [[], [], []]
  const cpu = (): [number, number, number] => [best(all[0]), best(all[1]), best(all[2])]
  const isFine = (): boolean => best(all[2]) <= MOST_GROWTH * best(all[0])
  // Twice as often where chance may have had its hand in it.
  for (let round = 0; round < ROUNDS || (round < 3 * ROUNDS && !isFine()); round++)
    for (const [i, factor] of [1, 2, 4].entries()) {
      const spent = await shoot(factor * n)
      all[i]?.push(spent)
    }
  const isCheap = best(all[0]) < LEAST_MS
  const peak = Math.max(...all.flat().map((spent) => spent.peak))
  return { n, cpu: cpu(), size: all[2][0]?.size ?? 0, peak, isCheap }
}
