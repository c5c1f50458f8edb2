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
}

const resolved = Promise.resolve()

export function createDelivery(deps: DeliveryDeps): Delivery {
  const { diagnose, epoch, expectMany } = deps
  // While a frame is being handled in turns, what arrives waits behind it.
  const backlog: [data: unknown, origin: string | undefined][] = []
  let isPaused = false

  const catchUp = (): void => {
    for (let next; !isPaused && (next = backlog.shift());) {
      const [data, origin] = next
      attempt(diagnose, undefined, () => deps.receiveOne(data, origin))
    }
  }

  return {
    receive: (data, origin) => {
      if (isPaused) backlog.push([data, origin])
      else deps.receiveOne(data, origin)
    },
    receiveFrame: (items, origin) => {
      if (!Array.isArray(items)) return diagnose('invalid', FRAME)
      const began = epoch()
      let at = 0
      let left = MAX_MESSAGES
      expectMany()

      const go = (): void => {
        isPaused = false
        while (at < items.length && began === epoch()) {
          const one = left-- > 0 ? readFrom(items, at) : undefined
          if (!one) {
            diagnose('invalid', FRAME)
            break
          }
          at = one.end
          const isRunning = attempt(diagnose, undefined, () => deps.receiveFramed(one, origin))
          if (at < items.length && (isRunning || isBeforeCall(one, items))) {
            isPaused = true
            expectMany()
            return void resolved.then(go)
          }
        }
        catchUp()
      }

      go()
    },
  }
}
