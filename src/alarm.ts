/** One timer for all deadlines of a side, set for the first of them. */
export interface Alarm {
  /** Call back at this time on the clock of `performance.now()`, if not before; Infinity: never. */
  readonly at: (time: number) => void
  /** Nothing waits now: a Node process may end. The timer stays, as the next call mostly can use it. */
  readonly rest: () => void
  readonly stop: () => void
}

const LONGEST_TIMER = 2_147_483_647

export function createAlarm(ring: () => void): Alarm {
  let timer: ReturnType<typeof setTimeout> | undefined
  let ringsAt = Infinity
  let isResting = false

  const rest = (wanted: boolean): void => {
    if (wanted === isResting) return
    isResting = wanted
    // Only Node's have these.
    const nodes = timer as { ref?(): void; unref?(): void }
    if (wanted) nodes.unref?.()
    else nodes.ref?.()
  }

  const stop = (): void => {
    clearTimeout(timer)
    ringsAt = Infinity
    isResting = false
  }

  return {
    at: (time) => {
      if (time === Infinity) return
      if (time >= ringsAt) return rest(false)
      stop()
      ringsAt = time
      timer = setTimeout(
        () => {
          ringsAt = Infinity
          isResting = false
          ring()
        },
        Math.min(Math.max(time - performance.now(), 0), LONGEST_TIMER),
      )
    },
    rest: () => {
      if (ringsAt < Infinity) rest(true)
    },
    stop,
  }
}
