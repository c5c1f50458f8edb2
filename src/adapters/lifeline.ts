/**
 * Finds out the end of the other side where the platform tells nobody: each side holds a Web Lock of its own, tells its
 * name by `rpc.lock [name]`, and queues for the other's. Shared by shared and service workers.
 */
import { isObject } from '../guards.ts'
import type { Receiver, Transport } from '../transport.ts'
import { uuid } from '../uuid.ts'
import { holdLock, watchLock, watchPage } from './locks.ts'

const LOCK = 'rpc.lock'

const lockIn = (data: unknown): unknown => {
  const { jsonrpc, method, params } = Object(data) as Partial<Record<string, unknown>>
  return jsonrpc === '2.0' && method === LOCK && Array.isArray(params) ? params[0] : undefined
}

/** The same transport, that knows when the other side ends and says when this page does. Both sides have it, or it is of no use. */
export function withLifeline(inner: Transport): Transport {
  const { successor = false } = inner
  let receiver: Receiver | undefined
  let release: (() => void) | undefined
  let unwatch: (() => void) | undefined
  let unwatchPage: (() => void) | undefined
  // What comes before this side has said hello waits: both introductions cross before anything else does.
  let early: (() => void)[] | undefined

  const start = (): void => {
    release?.()
    early ??= []
    const id = uuid()
    const mine = holdLock(id, () => {
      if (release !== mine) return mine()
      try {
        inner.post({ jsonrpc: '2.0', method: LOCK, params: [id] })
      } catch (error) {
        return receiver?.failed(error)
      }
      // Held before it says hello, so that whoever hears that knows what to wait for.
      receiver?.opened()
      const waiting = early ?? []
      early = undefined
      for (const tell of waiting) tell()
    })
    release = mine
  }

  const end = (): void => {
    unwatch?.()
    release?.()
    release = unwatch = early = undefined
  }

  const lost = (): void => {
    end()
    receiver?.gone('the other side is gone: it ended, or was ended')
    if (successor && receiver) start()
  }

  const watch = (id: unknown): void => {
    if (typeof id !== 'string' || id.length > 64) return
    unwatch?.()
    unwatch = watchLock(id, lost)
    // It is back.
    if (!release) start()
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
        message: (data, origin) => {
          const id = isObject(data) ? lockIn(data) : undefined
          if (id !== undefined) watch(id)
          else if (early) early.push(() => to.message(data, origin))
          else to.message(data, origin)
        },
      })
      if (!inner.opens) start()
    },
    close: () => {
      receiver = undefined
      unwatchPage?.()
      end()
      inner.close()
    },
  }
}
