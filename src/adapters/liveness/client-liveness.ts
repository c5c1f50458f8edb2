/**
 * Finds out the end of the other side where the platform tells nobody: each side holds a Web Lock of its own, tells its
 * name by `rpc.lock [name]`, and queues for the other's, until it is told `rpc.lock []`. Shared by shared and service workers.
 */
import { isObject } from '../../protocol/guards.ts'
import type { Receiver, Transport } from '../../transport/transport.ts'
import { watchLock, watchPage } from './web-locks.ts'
import { createOwnLock } from './own-lock.ts'

const LOCK = 'rpc.lock'

const lockIn = (data: object): { readonly id: unknown } | undefined => {
  const { jsonrpc, method, params } = data as Partial<Record<string, unknown>>
  return jsonrpc === '2.0' && method === LOCK && Array.isArray(params) ? { id: params[0] } : undefined
}

const isGoodbye = (data: unknown): boolean =>
  isObject(data) && (data as Partial<Record<string, unknown>>)['method'] === 'rpc.close'

/**
 * Finds out the end of the other side while this one rests, or that one: its lock is not waited for then.
 * @param lock its name, if it holds it.
 * @returns how to stop.
 */
export type WatchResting = (lock: string | undefined, ended: () => void) => (() => void) | undefined

/**
 * The same transport, that knows when the other side ends and says when this page does. Both sides have it, or it is of no use.
 * @param watchResting default: it is not found out.
 */
export function withLifeline(inner: Transport, watchResting?: WatchResting): Transport {
  const { successor = false } = inner
  let receiver: Receiver | undefined
  let unwatch: (() => void) | undefined
  // The name of the other side's lock.
  let theirs: string | undefined
  let isResting = false
  let unwatchPage: (() => void) | undefined
  // What comes before this side has said hello waits: both introductions cross before anything else does.
  let early: [data: unknown, origin: string | undefined][] | undefined

  const own = createOwnLock({
    // A SharedWorker's locks count for its pages, those of a service worker for none.
    mayRest: 'onpagehide' in globalThis || 'onconnect' in globalThis,
    isInUse: () => receiver?.isInUse?.() ?? false,
    tell: (params) => {
      try {
        inner.post({ jsonrpc: '2.0', method: LOCK, params })
        return true
      } catch (error) {
        receiver?.failed(error)
        return false
      }
    },
    rests: (rests) => {
      isResting = rests
      watchAnew()
    },
  })

  const watchAnew = (): void => {
    unwatch?.()
    unwatch = isResting || theirs === undefined ? watchResting?.(theirs, lost) : watchLock(theirs, lost)
  }

  const start = (): void => {
    early ??= []
    // Held before it says hello, so that whoever hears that knows what to wait for.
    own.start(() => {
      receiver?.opened()
      const waiting = early ?? []
      early = undefined
      // Who left, and came back as another one, says the rest.
      const left = waiting.map(([data]) => isGoodbye(data)).lastIndexOf(true) + 1
      if (left < waiting.length) waiting.splice(0, left)
      for (const [data, origin] of waiting) hear(data, origin)
    })
  }

  const end = (): void => {
    unwatch?.()
    own.end()
    unwatch = theirs = early = undefined
    isResting = false
  }

  const lost = (): void => {
    end()
    receiver?.gone('the other side is gone: it ended, or was ended')
    if (successor && receiver) start()
  }

  const watch = (id: unknown): void => {
    theirs = typeof id === 'string' && id.length <= 64 ? id : undefined
    watchAnew()
    // It is back.
    if (theirs !== undefined && !own.isStarted()) start()
  }

  const hear = (data: unknown, origin?: string): void => {
    const lock = isObject(data) ? lockIn(data) : undefined
    if (lock) return watch(lock.id)
    // Waking up for it would take a lock, for which the page that has left is put out of the cache.
    if (!isGoodbye(data)) own.used()
    receiver?.message(data, origin)
  }

  const leave = (): void => {
    end()
    try {
      inner.post({ jsonrpc: '2.0', method: 'rpc.close' })
    } catch {}
    receiver?.gone('this page was left', false)
  }

  return {
    ...inner,
    opens: true,
    listen: (to) => {
      receiver = to
      unwatchPage = watchPage(leave, start)
      inner.listen({
        ...to,
        opened: start,
        gone: (reason, final) => {
          if (final) end()
          to.gone(reason, final)
        },
        message: (data, origin) => {
          if (early) early.push([data, origin])
          else hear(data, origin)
        },
      })
      if (!inner.opens) start()
    },
    post: (message, transfer) => {
      own.used()
      inner.post(message, transfer)
    },
    close: () => {
      receiver = undefined
      unwatchPage?.()
      end()
      inner.close()
    },
  }
}
