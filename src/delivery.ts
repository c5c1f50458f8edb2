/**
 * Hands over what arrives in its order. The messages of a frame are handled one after the other, but as separate messages
 * would be: what follows an `await`, and the first steps of an async handler, run before the next one.
 */
import { attempt, type Diagnose } from './diagnostics.ts'
import { FRAME, type Framed, isBeforeCall, MAX_MESSAGES, readFrom } from './frame.ts'

export interface DeliveryDeps {
  readonly receiveOne: (data: unknown, origin: string | undefined) => void
  /** @returns whether a handler was started that has not finished. */
  readonly receiveFramed: (one: Framed, origin: string | undefined) => boolean
  /** Answers will follow. */
  readonly expectMany: () => void
  readonly diagnose: Diagnose
  /** Changes when the peer does; what a former one sent is dropped. */
  readonly epoch: () => number
}

export interface Delivery {
  readonly receive: (data: unknown, origin: string | undefined) => void
  readonly receiveFrame: (items: unknown, origin: string | undefined) => void
  /** Who sent what waits is gone. */
  readonly drop: () => void
}

/** Microtasks that other code gets to go on: a few awaits one after the other. */
const TURNS = 16

const resolved = Promise.resolve()

export function createDelivery(deps: DeliveryDeps): Delivery {
  const { diagnose, epoch, expectMany } = deps
  // While a frame is being handled, what arrives waits behind it.
  const backlog: [data: unknown, origin: string | undefined][] = []
  let isBusy = false
  let isCatchingUp = false

  const catchUp = (): void => {
    isCatchingUp = true
    for (let next; !isBusy && (next = backlog.shift());) {
      const [data, origin] = next
      attempt(diagnose, undefined, () => deps.receiveOne(data, origin))
    }
    isCatchingUp = false
  }

  const after = (turns: number, step: () => void): void =>
    void resolved.then(() => (turns > 1 ? after(turns - 1, step) : step()))

  return {
    receive: (data, origin) => {
      if (isBusy || isCatchingUp) backlog.push([data, origin])
      else deps.receiveOne(data, origin)
    },
    receiveFrame: (items, origin) => {
      if (!Array.isArray(items)) return diagnose('invalid', FRAME)
      const began = epoch()
      let at = 0
      let left = MAX_MESSAGES
      isBusy = true
      expectMany()

      // @returns whether the rest is to be handled later.
      const handleSome = (): boolean => {
        while (at < items.length && began === epoch()) {
          const one = left-- > 0 ? readFrom(items, at) : undefined
          if (!one) {
            diagnose('invalid', FRAME)
            return false
          }
          at = one.end
          const isRunning = attempt(diagnose, undefined, () => deps.receiveFramed(one, origin)) === true
          if (at < items.length && (isRunning || isBeforeCall(one, items))) return true
        }
        return false
      }

      const go = (): void => {
        if (attempt(diagnose, FRAME, handleSome)) {
          expectMany()
          return after(TURNS, go)
        }
        isBusy = false
        if (!isCatchingUp) catchUp()
      }

      go()
    },
    drop: () => {
      // What waits behind the hello of a successor is the successor's.
      if (!isCatchingUp) backlog.length = 0
    },
  }
}
