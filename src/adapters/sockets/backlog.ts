/** What waits for the peer to read it: refuses what is too much, and tells when there is room again. */
import { BUSY, RPCError } from '../../protocol/errors.ts'
import type { Backlog } from '../../transport/text.ts'

export type { Backlog } from '../../transport/text.ts'

/** Something that is counted. */
export interface Gauge {
  /** How much waits now. */
  readonly waiting: () => number
  /** Over it, what is sent is refused. */
  readonly limit: number
  /** Default: bytes. */
  readonly unit?: string
}

/** Streams wait over half of a limit, and over this: what is sent meanwhile still has room. */
const ROOM = 4_194_304

/** Milliseconds between two looks, where nothing tells that something has left. */
const LOOK_MS = 10

/** One that also takes part in what is told. */
export interface Counted extends Backlog {
  /** Something has left. */
  readonly look: () => void
}

/**
 * Whatever fits under the limits may be sent, whatever its own size: one message alone never waits in vain.
 * @param polls look for room from time to time, as nothing calls `look`.
 */
export function createBacklog(gauges: readonly Gauge[], polls = false): Counted {
  const listeners = new Set<() => void>()
  let isFull = false
  let timer: ReturnType<typeof setInterval> | undefined

  const rest = (): void => {
    clearInterval(timer)
    timer = undefined
  }
  const fill = (): void => {
    isFull = true
    if (polls && listeners.size) timer ??= setInterval(look, LOOK_MS)
  }
  const isRoomy = (): boolean => gauges.every(({ waiting, limit }) => waiting() <= Math.min(limit / 2, ROOM))
  const look = (): void => {
    if (!isFull || !isRoomy()) return
    isFull = false
    rest()
    for (const drained of listeners) drained()
  }

  return {
    check: () => {
      for (const { waiting, limit, unit = 'bytes' } of gauges) {
        const much = waiting()
        if (much <= limit) continue
        fill()
        throw new RPCError(BUSY, `${much} ${unit} wait already for the peer to read them`)
      }
    },
    // Once there is none, not before `drained` was told: who waits for that must not wait in vain.
    hasRoom: () => {
      if (!isFull && !isRoomy()) fill()
      return !isFull
    },
    listen: (drained) => {
      listeners.add(drained)
      if (isFull) fill()
      return () => {
        listeners.delete(drained)
        if (!listeners.size) rest()
      }
    },
    look,
  }
}
