/** What each frame costs its receiver in time and memory, and which frames cost more than they may. */
import { inspect } from 'node:util'
import { getHeapStatistics, serialize, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const collectNow = runInNewContext('gc') as () => void

const { setImmediate } = globalThis

/**
 * What every message may cost: less than that cannot be told apart from what the engine does by itself, the steps that each
 * message has, and a few streams and errors, which take some 10 kB each.
 */
const FREE = { ms: 1, bytes: 1_048_576 }
/** Milliseconds and bytes of memory that each byte of a frame may cost. */
const EACH = { ms: 0.0001, bytes: 100 }
const TRIES = 3
/** What is still too much then: other processes may have had the machine. */
const LAST_TRIES = 6
/** Of each session, the worst, besides those that cost too much. */
const TRIED_AGAIN = 3
const LISTED = 10

/** The cost of one frame, or of the tasks that followed some frames. */
export interface Cost {
  /** For people; empty unless it was asked for. */
  readonly shown: string
  /** Messages that it is the cost of. */
  readonly frames: number
  /** Bytes of what arrived. */
  readonly size: number
  ms: number
  bytes: number
}

/** Measures the frames of one session. */
export interface Meter {
  readonly costs: readonly Cost[]
  /** Let one frame be received. */
  frame(wire: unknown, receive: () => void): void
  /** Let microtasks and tasks run that the frames since the last time have left. */
  turn(): Promise<void>
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Measures nothing. */
export const noMeter: Meter = { costs: [], frame: (_, receive) => receive(), turn }

function sizeOf(wire: unknown): number {
  if (typeof wire === 'string') return wire.length
  try {
    // As a structured clone has it: holes take no room, and what stands twice stands once.
    return serialize(wire).byteLength
  } catch {
    return 0
  }
}

function used(): number {
  const { used_heap_size, external_memory } = getHeapStatistics()
  return used_heap_size + external_memory
}

// The messages of a batch count each, also where all of them are one and the same object.
const messagesIn = (wire: unknown): number => {
  const batch: unknown = typeof wire === 'string' && wire.startsWith('[') ? parsed(wire) : wire
  return Array.isArray(batch) ? Math.min(100, Object.keys(batch).length) : 1
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

const inspected = (wire: unknown): string =>
  inspect(wire, { depth: 6, maxArrayLength: 4, maxStringLength: 80, breakLength: Infinity, compact: true })
    .replaceAll(/\s+/g, ' ')
    .slice(0, 300)

/** @param suspects the frames to show, by their index: true where to collect before, so that its memory can be told exactly. */
export function meter(suspects: ReadonlyMap<number, boolean> = new Map()): Meter {
  const costs: Cost[] = []
  let since = { frames: 0, size: 0 }
  const begin = (): (() => Pick<Cost, 'ms' | 'bytes'>) => {
    if (suspects.get(costs.length)) collectNow()
    const bytes = used()
    const start = performance.now()
    return () => ({ ms: performance.now() - start, bytes: used() - bytes })
  }
  return {
    costs,
    frame(wire, receive) {
      const size = sizeOf(wire)
      // Frames are changed by who decodes them.
      const shown = suspects.has(costs.length) ? inspected(wire) : ''
      const frames = Math.max(1, messagesIn(wire))
      since = { frames: since.frames + frames, size: since.size + size }
      const end = begin()
      try {
        receive()
      } finally {
        costs.push({ shown, frames, size, ...end() })
      }
    },
    async turn() {
      const { frames, size } = since
      if (!frames) return turn()
      since = { frames: 0, size: 0 }
      const end = begin()
      await turn()
      costs.push({ shown: `the tasks after ${frames} frames`, frames, size, ...end() })
    },
  }
}

const shares = ({ ms, bytes, frames, size }: Cost): { ms: number; bytes: number } => ({
  ms: ms / (frames * FREE.ms + size * EACH.ms),
  bytes: bytes / (frames * FREE.bytes + size * EACH.bytes),
})

/** Of what it may cost, the part that it costs: more than 1 is too much. */
const shareOf = (cost: Cost): number => Math.max(shares(cost).ms, shares(cost).bytes)

interface Judged extends Cost {
  readonly again: string
}

const lineOf = (cost: Judged): string =>
  `${(shareOf(cost) * 100).toFixed(0)} % of what it may cost: ${cost.ms.toFixed(2)} ms and ${Math.round(cost.bytes / 1000)} kB for ${cost.size} bytes, ${cost.again}: ${cost.shown}`

/** The worst of all sessions. */
export class Tally {
  #worst: Judged[] = []
  readonly over: string[] = []
  #measured = 0

  /** Play a session; where a frame of it is suspicious, the same session twice more. What counts is the best of them. */
  async judge(again: string, play: (meter: Meter) => Promise<unknown>): Promise<void> {
    const first = meter()
    await play(first)
    this.#measured += first.costs.length
    const tenth = this.#worst[LISTED - 1]
    const bar = Math.min(1, Math.max(0.3, tenth ? shareOf(tenth) : 0))
    const ranked = [...first.costs.entries()].toSorted(([, a], [, b]) => shareOf(b) - shareOf(a))
    const suspects = new Map(
      ranked.filter(([, cost], rank) => shareOf(cost) > (rank < TRIED_AGAIN ? bar : 1)),
    )
    const isWorthwhile = (tries: number): boolean =>
      suspects.size > 0 &&
      (tries < TRIES || (tries < LAST_TRIES && [...suspects.values()].some((cost) => shareOf(cost) > 1)))
    for (let n = 1; isWorthwhile(n); n++) {
      const next = meter(new Map([...suspects].map(([index, cost]) => [index, shares(cost).bytes > 1])))
      await play(next)
      for (const [index, { ms, bytes, size }] of suspects) {
        const cost = next.costs[index]
        const best = {
          shown: cost?.shown ?? 'not heard again',
          frames: cost?.frames ?? 1,
          size: cost?.size ?? size,
          ms: Math.min(ms, cost?.ms ?? 0),
          bytes: Math.min(bytes, cost?.bytes ?? 0),
        }
        if (shareOf(best) > bar) suspects.set(index, best)
        else suspects.delete(index)
      }
    }
    for (const cost of suspects.values()) this.#note({ ...cost, again })
  }

  #note(cost: Judged): void {
    if (shareOf(cost) > 1) this.over.push(lineOf(cost))
    this.#worst = [...this.#worst, cost].toSorted((a, b) => shareOf(b) - shareOf(a)).slice(0, LISTED)
  }

  /** The worst, as text. */
  report(): string {
    return [
      `fuzz: ${this.#measured} costs measured, ${this.over.length} over ${FREE.ms} ms + ${EACH.ms * 1000} ms/kB or ${FREE.bytes / 1024} kiB + ${EACH.bytes} x its size; the worst for each byte:`,
      ...this.#worst.map((cost) => `fuzz:   ${lineOf(cost)}`),
    ].join('\n')
  }
}

/** Whether `npm run fuzz` asked for it: other runs measure no time. */
export const isMeasured = process.env['FUZZ_COSTS'] !== undefined

/** Play a session, measured or not. */
export async function playMeasured(
  tally: Tally,
  again: string,
  play: (meter: Meter) => Promise<unknown>,
): Promise<void> {
  await (isMeasured ? tally.judge(again, play) : play(noMeter))
}
