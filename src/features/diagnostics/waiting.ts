/** Notices that a call or `connect()` of this side has waited for its peer for 3 s. */
import type { Peer } from '../../peer/seam.ts'
import { patiently } from '../../protocol/patience.ts'
import { hasTimers, now } from '../../protocol/realm.ts'

const WAIT_MS = 3_000

export interface Waiting {
  /** Something of this side waits from now on, under this key of the pending table. */
  readonly add: (key: unknown) => void
  /** The peer has come, or is not waited for any more. */
  readonly clear: () => void
}

/** @param late is told once for each time that the peer is waited for. @returns nothing where there are no timers. */
export function createWaiting({ pending }: Peer, late: () => void): Waiting {
  // Since when, the longest first.
  const starts = new Map<unknown, number>()
  let stop: (() => void) | undefined
  let isTold = false

  const look = (): void => {
    stop = undefined
    for (const [key, start] of starts) {
      const left = start + WAIT_MS - now()
      if (!pending.get(key)?.held) starts.delete(key)
      else if (left > 0) return lookIn(left)
      else {
        isTold = true
        starts.clear()
        return late()
      }
    }
  }
  const lookIn = (ms: number): void => {
    stop = patiently(look, ms)
  }

  return {
    add: (key) => {
      if (isTold || !hasTimers()) return
      starts.set(key, now())
      if (!stop) lookIn(WAIT_MS)
    },
    clear: () => {
      stop?.()
      stop = undefined
      isTold = false
      starts.clear()
    },
  }
}
