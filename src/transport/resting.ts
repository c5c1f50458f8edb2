/** What keeps a Node process alive only as long as somebody speaks to it: a port, the channel to a parent, stdin. */
import { later } from '../protocol/realm.ts'
import { overhear } from './overhear.ts'

/** The part of a host of Node that is needed here. */
export interface Refable {
  ref?: unknown
  unref?: unknown
}

interface PortLike extends Refable {
  readonly terminate?: unknown
  readonly listenerCount?: (type: string) => number
}

interface Place {
  /** Who hears it, and whether they rest. */
  readonly users: Map<object, boolean>
  /** Its owner has said `ref()` or `unref()`: it stays as that left it. */
  isKept: boolean
  isOff: boolean
  /** Somebody has been connected. */
  wasUsed: boolean
  readonly undos: readonly (() => void)[]
}

interface Turns {
  /** After what has arrived. jsdom takes it away from Node. */
  setImmediate?(step: () => void): object
}

/** Who says goodbye and comes back in the same turn may need some milliseconds for that. */
const GRACE_MS = 100

const places = new WeakMap<object, Place>()

export interface Rester {
  readonly rest: (isResting: boolean) => void
  readonly leave: () => void
}

/**
 * Listen to a host that can be unreferenced. When all of its listeners are of those who rest, it does not keep the process
 * alive any more; nothing is closed.
 * @param listeners counts the listeners that it has, of whomever.
 */
export function createRester(host: Refable, listeners: () => number): Rester {
  const keep = (): void => void (place.isKept = true)
  const place: Place = places.get(host) ?? {
    users: new Map(),
    isKept: false,
    isOff: false,
    wasUsed: false,
    undos: [overhear(host, 'ref', keep), overhear(host, 'unref', keep)],
  }
  const say = (name: 'ref' | 'unref'): void => {
    ;(host as { ref(): void; unref(): void })[name]()
    place.isKept = false
  }
  const { users, undos } = place
  const me = {}
  // Until it is connected for the first time it keeps nothing alive that the others have let go.
  users.set(me, true)
  places.set(host, place)

  const look = (): void => {
    if (
      place.isKept ||
      !place.wasUsed ||
      users.size !== listeners() ||
      Array.from(users.values()).includes(false)
    )
      return
    place.isOff = true
    say('unref')
  }

  return {
    rest: (isResting) => {
      users.set(me, isResting)
      place.wasUsed = true
      if (isResting) {
        // At once, as a realm that is closed rings no timer any more.
        look()
        // The timer keeps the process alive for a while. What arrived while this side worked is read before.
        later(() => (globalThis as Turns).setImmediate?.(look) ?? later(look), GRACE_MS)
      } else if (place.isOff) {
        place.isOff = false
        say('ref')
      }
    },
    leave: () => {
      users.delete(me)
      if (users.size) return look()
      undos.forEach((undo) => undo())
      places.delete(host)
    },
  }
}

/** For a port of Node. A Worker is not unreferenced: it would end with this process. */
export const restingOf = (host: PortLike): Rester | undefined =>
  host.unref && host.listenerCount && !host.terminate
    ? createRester(host, () => host.listenerCount?.('message') ?? 0)
    : undefined
