/**
 * The Web Lock of this side, of which the others are told. A lock, and waiting for one, keeps a page out of Firefox's
 * back/forward cache, so who may rest does while no call, stream or reference is open: it tells the others, gives its lock
 * back a second later, and waits for no other, until something is said or heard.
 */
import { uuid } from '../../protocol/uuid.ts'
import { holdLock } from './web-locks.ts'

/** Milliseconds without anything to do after which it says so, and again until it gives its lock back. */
const IDLE = 1_000

export interface OwnLock {
  /** Hold a new one, and call `held` when the other side was told. */
  readonly start: (held: () => void) => void
  readonly isStarted: () => boolean
  /** Whether the other side may wait for it. */
  readonly isTold: () => boolean
  /** Something was said or heard. */
  readonly used: () => void
  readonly end: () => void
}

export interface OwnLockDeps {
  /** Otherwise it holds its lock all the time. */
  readonly mayRest: boolean
  /** Default: another one each time. */
  readonly name?: string
  readonly isInUse: () => boolean
  /** The lock's name, or nothing: it is about to be given back. @returns whether that could be said. */
  readonly tell: (params: readonly string[]) => boolean
  /** It rests now, or does not any more: whether the other side's lock is to be waited for. */
  readonly rests: (isResting: boolean) => void
}

export function createOwnLock({ mayRest, name, isInUse, tell, rests }: OwnLockDeps): OwnLock {
  let isStarted = false
  let id = ''
  let release: (() => void) | undefined
  // Until the next look, or until it wakes.
  let timer: ReturnType<typeof setInterval> | undefined
  let isHeld = false
  let isTold = false
  let wasUsed = false

  const letGo = (): void => {
    clearInterval(timer)
    release?.()
    release = timer = undefined
    isHeld = isTold = false
  }

  const announce = (): boolean => (isTold ||= tell([id]))

  const look = (): void => {
    if (wasUsed || isInUse()) announce()
    else if (isTold) {
      // Given back at the next look: who still waits for the lock then would take its release for an end.
      isTold = false
      tell([])
    } else {
      letGo()
      rests(true)
    }
    wasUsed = false
  }

  const hold = (held?: () => void): void => {
    letGo()
    id = name ?? uuid()
    const mine = holdLock(id, () => {
      if (release !== mine) return mine()
      isHeld = true
      if (mayRest) timer = setInterval(look, IDLE)
      if (announce()) held?.()
    })
    release = mine
  }

  return {
    start: (held) => {
      isStarted = true
      hold(held)
    },
    isStarted: () => isStarted,
    isTold: () => isTold,
    used: () => {
      wasUsed = true
      if (isHeld) return void announce()
      if (!isStarted || release || timer) return
      // Later, as what it says may be its goodbye.
      timer = setTimeout(() => {
        hold()
        rests(false)
      })
    },
    end: () => {
      isStarted = false
      letGo()
    },
  }
}
