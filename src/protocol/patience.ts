/** Deadlines of a side that worked or slept: what has arrived meanwhile is read before they pass. */
import { clearTimer, later, now } from './realm.ts'

/** Milliseconds by which a timer rings late on a machine that is busy with others. */
const USUAL = 50
/** Milliseconds that this side takes at most, after it was busy, to read what has arrived meanwhile. */
export const MAX_GRACE = 1_000

/**
 * In so many milliseconds. Where that is late, as this side worked or slept, a little later still: what has arrived meanwhile is
 * read first. It keeps no process alive.
 * @returns how to stop it.
 */
export function patiently(step: () => void, ms: number): () => void {
  const due = now() + ms
  let timer: unknown
  const ring = (next: () => void, wait: number): void => {
    timer = later(next, wait)
    // Only Node's have it.
    ;(timer as { unref?(): void } | undefined)?.unref?.()
  }
  ring(() => {
    const late = now() - due
    if (late > USUAL) ring(step, Math.min(late, MAX_GRACE))
    else step()
  }, ms)
  return () => clearTimer(timer)
}
