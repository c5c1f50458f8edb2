/**
 * The feature `webLock`: finds out that a worker has ended where the browser tells nobody. While it has something to do it holds a Web Lock and
 * tells its name (`rpc.lock [name]`); its owner queues for the lock, which the browser grants when the worker has ended,
 * however it did (https://www.w3.org/TR/web-locks/#termination-of-locks). A lock keeps a page out of Firefox's back/forward
 * cache, so it is given back when there is nothing to do (`rpc.lock []`).
 */
import type { Hooks, Peer } from '../../peer/seam.ts'
import { LIVENESS } from '../ranks.ts'

/** Milliseconds without anything to do after which the other side is told, and again until the lock is given back. */
const IDLE = 1_000

interface Locks {
  request(name: string, options: object, granted: () => unknown): Promise<unknown>
}

/** Undefined in insecure contexts, and where there are none. */
const locks = (): Locks | undefined => {
  const { navigator } = globalThis as { readonly navigator?: { readonly locks?: Locks } }
  return navigator?.locks
}

export interface Vigil {
  /** Something came from the other side. */
  readonly heard: () => void
  readonly notices: Readonly<Record<string, (lock?: string) => void>>
  /** The other side is gone, or this one leaves it. */
  readonly end: () => void
}

export interface VigilDeps {
  readonly name: string
  /** This side holds the lock, the other one watches it; undefined: neither. */
  readonly role: 'hold' | 'watch' | undefined
  readonly isInUse: () => boolean
  readonly tell: (method: string, params: readonly unknown[]) => void
  readonly gone: (reason: string) => void
}

export function createVigil(deps: VigilDeps): Vigil {
  const { role, isInUse, tell, gone } = deps
  let controller: AbortController | undefined
  let release: (() => void) | undefined
  let timer: ReturnType<typeof setInterval> | undefined
  let wasHeard = false
  // Whether the other side was told that the lock is held.
  let isTold = false

  const end = (): void => {
    clearInterval(timer)
    controller?.abort()
    // Who was told of it and waits for it is to hear the goodbye first.
    if (release) setTimeout(release, isTold ? IDLE : 0)
    controller = release = undefined
    isTold = false
  }

  const announce = (): void => {
    if (isTold) return
    isTold = true
    tell('rpc.lock', [deps.name])
  }

  const look = (): void => {
    if (wasHeard || isInUse()) announce()
    else if (isTold) {
      // Given back at the next look: who still waits for the lock then would take its release for an end.
      isTold = false
      tell('rpc.lock', [])
    } else end()
    wasHeard = false
  }

  const ask = (lock: string, granted: () => unknown): void => {
    const asking = (controller = new AbortController())
    locks()
      ?.request(lock, { signal: asking.signal }, () => (asking.signal.aborted ? undefined : granted()))
      // Some contexts have locks and refuse them.
      .catch(() => {})
  }

  const hold = (): void =>
    ask(deps.name, () => {
      timer = setInterval(look, IDLE)
      announce()
      return new Promise<void>((resolve) => (release = resolve))
    })

  return {
    heard: () => {
      wasHeard = true
      if (role !== 'hold') return
      if (!controller) hold()
      else if (release) announce()
    },
    notices: {
      'rpc.lock': (lock?: string) => {
        if (role !== 'watch') return
        end()
        if (typeof lock === 'string') ask(lock, () => gone('the worker has ended'))
      },
    },
    end,
  }
}

/** Finds out that a worker has ended, by a Web Lock, where its transport says who holds it and who watches. */
export function webLock(peer: Peer): Hooks {
  const { lock } = peer.transport
  if (!lock || !locks()) return {}
  const { notices, heard, end } = createVigil({
    get name() {
      return `portcall:${peer.session}`
    },
    role: lock,
    isInUse: () => peer.isInUse(),
    tell: peer.tell,
    gone: peer.gone,
  })
  return {
    name: 'webLock',
    rank: LIVENESS,
    capabilities: ['lock'],
    among: ['lock'],
    notices: { 'rpc.lock': ([lock]: [string?]) => notices['rpc.lock']?.(lock) },
    around: {
      receive: (next) => (data, origin) => {
        if (peer.can('lock')) heard()
        next(data, origin)
      },
      lost: (next) => (reason) => {
        end()
        next(reason)
      },
    },
  }
}
