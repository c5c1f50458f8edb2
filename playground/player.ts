// Makes the calls of a scene and shows each as a row.
import { callContext, ErrorCode, RPCError } from 'portcall'
import type { Connection } from './connections/worker.ts'
import type { PageHooks } from './page-api.ts'
import type { Recorder } from './recorder.ts'
import type { Shown, Stage } from './scenes/scene.ts'
import { createCallRow, type Outcome } from './ui/call-row.ts'
import { toText } from './ui/text.ts'

/** Where the rows of a scene go. */
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
  /** Answered though meant to fail, or the other way round. */
  surprises: number
}

export interface Player<T> {
  readonly tally: Tally
  /** What the page answers when it is called back: shown on the board that was played on last. */
  readonly hooks: PageHooks
  play(board: Board, step: (stage: Stage<T>) => Promise<void>): Promise<void>
}

/** Milliseconds until a call is shown that has not settled. Painting takes longer than a call: it must not count. */
const PATIENCE = 40

export function createPlayer<T>(recorder: Recorder, connection: () => Connection<T>): Player<T> {
  const tally: Tally = { calls: 0, answered: 0, failed: 0, surprises: 0 }
  let current: Board | undefined
  /** Rows of calls that have just been made: most are answered before the page would be painted with them. */
  const waiting = new Set<() => void>()

  const show = async (board: Board, shown: Shown, call: () => Promise<unknown>): Promise<void> => {
    await painted()
    const { method, params, signature, unrecorded: none } = shown
    const row = createCallRow({ from: 'page', peer: connection().peer, method, params, signature, none })
    const appear = (): void => {
      waiting.delete(appear)
      clearTimeout(timer)
      board.add(row.element)
    }
    const timer = setTimeout(appear, PATIENCE)
    waiting.add(appear)
    tally.calls++
    const follow = { callbacks: shown.callbacks ?? [], changed: () => row.update(trace) }
    const trace = recorder.follow(shown.methods ?? [method], follow)
    const start = performance.now()
    let outcome: Outcome
    let milliseconds: number
    try {
      const result = await (none ? recorder.paused(call) : call())
      milliseconds = performance.now() - start
      outcome = answered(shown, result, milliseconds)
      tally.answered++
      if (shown.fails) tally.surprises++
    } catch (error) {
      milliseconds = performance.now() - start
      outcome = failed(error)
      tally.failed++
      if (!shown.fails) tally.surprises++
    }
    trace.settle()
    row.update(trace)
    row.settle(outcome, milliseconds)
    if (waiting.has(appear)) appear()
  }

  return {
    tally,
    hooks: {
      called(answer) {
        const { method, params, id } = callContext()
        const row = createCallRow({ from: 'peer', peer: connection().peer, method, params })
        const trace = recorder.followIncoming(id, () => row.update(trace))
        const start = performance.now()
        const result = answer()
        for (const appear of waiting) appear()
        row.update(trace)
        row.settle({ state: 'answered', text: toText(result), isValue: true }, performance.now() - start)
        current?.add(row.element)
        return result
      },
      progress: (share) => current?.progress(share),
    },
    async play(board, step) {
      current = board
      const { remote, rpc } = connection()
      await step({ remote, rpc, show: (shown, call) => show(board, shown, call) })
    },
  }
}

/** Resolves when the page has been painted; at once where it is not painted, in a hidden tab. */
function painted(): Promise<void> {
  if (document.hidden) return Promise.resolve()
  return new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))
}

function answered({ notify, describe }: Shown, result: unknown, milliseconds: number): Outcome {
  if (notify) return { state: 'sent', text: 'no answer expected' }
  if (describe) return { state: 'answered', text: describe(result, milliseconds) }
  return { state: 'answered', text: toText(result), isValue: true }
}

function failed(error: unknown): Outcome {
  if (error instanceof RPCError) {
    const data = error.data === undefined ? '' : ` ${toText(error.data)}`
    const state = error.code === ErrorCode.TIMEOUT ? 'late' : 'rejected'
    return { state, text: `${error.code} ${error.message}${data}` }
  }
  const { name, message } = error instanceof Error ? error : { name: 'Error', message: toText(error) }
  return { state: name === 'AbortError' ? 'aborted' : 'rejected', text: `${name}: ${message}` }
}
