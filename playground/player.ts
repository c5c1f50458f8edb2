// Makes the calls of a scene over one connection, and shows each as a row, with those that come from the other side.
import { callContext } from 'portcall'
import type { Connection } from './connections/connection.ts'
import { asIntended, outcomeOf, outcomeOfError } from './outcome.ts'
import type { Door, PageHooks } from './page-api.ts'
import type { Trace } from './recorder.ts'
import type { Shown, Stage } from './scenes/scene.ts'
import { type CallRow, createCallRow, type Outcome } from './ui/call-row.ts'
import { toText } from './ui/text.ts'

/** Where rows go. */
export interface Board {
  add(row: HTMLElement): void
  /** From 0 to 1. */
  progress(share: number): void
}

/** What came of the calls so far. */
export interface Tally {
  calls: number
  answered: number
  failed: number
  /** Calls and events from the other side. */
  back: number
  /** With another end than they were meant to have. */
  strange: number
  frames: number
}

export interface Player {
  readonly tally: Tally
  /** What the page answers when it is called back. */
  readonly hooks: PageHooks
  /** Rejects with what `step` rejects with. */
  play(door: Door, board: Board, step: (stage: Stage) => Promise<void>): Promise<void>
}

/** Milliseconds until a call is shown that has not settled. Painting takes longer than a call: it must not count. */
const PATIENCE = 40

/** `idle` is where those rows go that nobody here asked for; `told` of events. */
export function createPlayer(
  connection: () => Connection,
  idle: Board,
  told: (event: string) => void,
): Player {
  const tally: Tally = { calls: 0, answered: 0, failed: 0, back: 0, strange: 0, frames: 0 }
  let board = idle
  /** Rows of calls that have just been made: most are answered before the page would be painted with them. */
  const waiting = new Set<() => void>()

  const appearSoon = (row: CallRow, on: Board): (() => void) => {
    const appear = (): void => {
      if (!waiting.delete(appear)) return
      clearTimeout(timer)
      on.add(row.element)
    }
    const timer = setTimeout(appear, PATIENCE)
    waiting.add(appear)
    return appear
  }

  const show = async (door: Door, on: Board, shown: Shown, call: () => unknown): Promise<void> => {
    await painted()
    const { method, params, signature, unrecorded: none } = shown
    const { doors, name: peer } = connection()
    const recorder = doors.recorders[door]
    const row = createCallRow({ from: 'page', door, peer, method, params, signature, none })
    const appear = appearSoon(row, on)
    const trace = recorder.follow(shown.methods ?? [method], {
      callbacks: shown.callbacks ?? [],
      changed() {
        tally.frames++
        row.update(trace)
      },
    })
    tally.calls++
    let outcome: Outcome
    const start = performance.now()
    try {
      const result = await (none ? recorder.paused(async () => call()) : call())
      outcome = outcomeOf(shown, result, performance.now() - start)
      tally.answered++
    } catch (error) {
      outcome = outcomeOfError(error, performance.now() - start)
      tally.failed++
    }
    const intended = asIntended(shown, outcome)
    if (!intended) tally.strange++
    trace.settle()
    row.update(trace)
    row.settle(outcome, intended)
    appear()
  }

  const called = <R>(door: Door, answer: () => R): R => {
    const { method, params, id, signal } = callContext()
    const { doors, name: peer } = connection()
    const row = createCallRow({ from: 'peer', door, peer, method, params })
    const trace: Trace = doors.recorders[door].followIncoming(id, () => row.update(trace))
    const appear = appearSoon(row, board)
    const start = performance.now()
    const settle = (state: Outcome['state'], text: string, isValue = false): void => {
      trace.settle()
      row.update(trace)
      row.settle({ state, text, isValue, milliseconds: performance.now() - start })
      for (const earlier of waiting) {
        earlier()
        if (earlier === appear) break
      }
    }
    tally.back++
    const result = answer()
    if (result instanceof Promise)
      result.then(
        (value) => settle('answered', toText(value), true),
        (error) =>
          signal.aborted ? settle('aborted', `${peer} gave up`) : settle('rejected', toText(error)),
      )
    else settle('answered', toText(result), true)
    return result
  }

  const heard = (event: string, args: readonly unknown[]): void => {
    told(event)
    if (event === 'ready') return
    const { doors, name: peer } = connection()
    const row = createCallRow({ from: 'peer', door: 'event', peer, method: event, params: args })
    const trace = doors.recorders.event.followIncoming(undefined, () => {})
    trace.settle()
    row.update(trace)
    row.settle({ state: 'heard', text: 'an event' })
    for (const earlier of waiting) earlier()
    tally.back++
    board.add(row.element)
  }

  return {
    tally,
    hooks: { called, heard, progress: (share) => board.progress(share) },
    async play(door, on, step) {
      board = on
      try {
        await step({
          get connection() {
            return connection()
          },
          get doors() {
            return connection().doors
          },
          show: (shown, call) => show(door, on, shown, call),
          heard,
        })
      } finally {
        board = idle
      }
    },
  }
}

/** Resolves when the page has been painted; soon where it is not painted, in a tab that is hidden. */
function painted(): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, document.hidden ? 0 : 100)
    requestAnimationFrame(() =>
      setTimeout(() => {
        clearTimeout(timer)
        resolve()
      }),
    )
  })
}
