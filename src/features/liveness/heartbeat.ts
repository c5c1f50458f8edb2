/** The feature `heartbeat`: asks a silent peer whether it is still there, where nothing else tells that it is gone. */
import { checkTimeout } from '../../peer/arguments.ts'
import type { Hooks, Peer, Points } from '../../peer/seam.ts'
import { callError, CLOSED, messageOf, PEER_GONE } from '../../protocol/errors.ts'
import { patiently } from '../../protocol/patience.ts'
import { clearTimer, now } from '../../protocol/realm.ts'
import { LIVENESS } from '../ranks.ts'

/** Options of `heartbeat`. */
export interface HeartbeatOptions {
  /**
   * Milliseconds of silence, while a call, stream or reference is open, after which a portcall peer is asked whether it is there;
   * after as many again without a message it counts as gone. Choose more than its longest piece of work. Default: 0: it is not asked.
   */
  readonly heartbeat?: number | undefined
}

/** Milliseconds that a peer of which another may have taken the place has to answer. */
const PATIENCE = 10_000

/** Milliseconds that a call has to be answered if the peer that got it may have been replaced. */
const GRACE = 3_000

/**
 * Reject the calls that are sent, unless they are answered: another may have taken the place of the peer.
 * @returns how to stop that.
 */
function suspect({ pending, take }: Peer, cause: unknown): () => void {
  const sent = Array.from(pending).filter(([, { held }]) => !held)
  return patiently(() => {
    for (const [id, entry] of sent)
      if (pending.get(id) === entry)
        take(id)?.reject(callError(PEER_GONE, entry.method, `failed: ${messageOf(cause)}`, { cause }))
  }, GRACE)
}

/** Milliseconds; engines take more for 1. */
const LONGEST = 2 ** 31 - 1

export function heartbeat(peer: Peer, { heartbeat: interval = 0 }: HeartbeatOptions): Hooks {
  checkTimeout(interval)
  let call: Points['call']
  let clearSuspicion = (): void => {}
  const answers = {
    name: 'heartbeat',
    rank: LIVENESS,
    capabilities: ['ping'],
    among: ['ping'],
    requests: { 'rpc.ping': () => null },
    around: {
      // Features of users see no pings.
      call: (next) => (call = next),
      lost: (next) => (reason) => {
        clearSuspicion()
        next(reason)
      },
      doubt: (next) => (cause, isSure) => {
        const { epoch } = peer
        const lost = (): void => {
          if (peer.epoch !== epoch) return
          peer.gone(cause)
          next(cause)
        }
        if (cause !== undefined && peer.can('ping')) {
          call('rpc.ping', [], { timeout: PATIENCE }).catch(lost)
          return
        }
        if (cause !== undefined && isSure === false) clearSuspicion = suspect(peer, cause)
        next(cause, isSure)
      },
    },
  } satisfies Hooks
  if (!interval || interval > LONGEST) return answers
  const { start, heard, stop } = createHeartbeat({
    interval,
    isNeeded: () => peer.can('ping') && peer.isInUse(),
    ask: () => void call('rpc.ping', [], {}).catch(() => {}),
    gone: peer.gone,
  })
  peer.onPeer((state) => {
    if (state === 'connected') start()
  })
  return {
    ...answers,
    around: {
      ...answers.around,
      receive: (next) => (data, origin) => {
        heard()
        next(data, origin)
      },
      lost: (next) => {
        const end = answers.around.lost(next)
        return (reason) => {
          end(reason)
          if (reason.code === CLOSED) stop()
        }
      },
    },
  }
}

export interface HeartbeatDeps {
  readonly interval: number
  /** Whether it matters now that the peer is there. */
  readonly isNeeded: () => boolean
  readonly ask: () => void
  readonly gone: (reason: string) => void
}

export interface Heartbeat {
  readonly start: () => void
  /** Something came from the peer. */
  readonly heard: () => void
  readonly stop: () => void
}

/**
 * Look four times in an interval. What this side slept through (a hidden tab's timers, a debugger, a frozen page) is no
 * silence of the peer: a look that comes late starts over.
 */
function createHeartbeat({ interval, isNeeded, ask, gone }: HeartbeatDeps): Heartbeat {
  const every = interval / 4
  let lookedAt = now()
  let silentSince = lookedAt
  let hasAsked = false

  const heard = (): void => {
    silentSince = now()
    hasAsked = false
  }

  const look = (): void => {
    const time = now()
    const isLate = time - lookedAt > 2 * every
    lookedAt = time
    if (isLate || !isNeeded()) return heard()
    const silent = time - silentSince
    if (silent >= 2 * interval && hasAsked) gone(`there was no sign of life for ${Math.round(silent)} ms`)
    else if (silent >= interval && !hasAsked) {
      hasAsked = true
      ask()
    }
  }

  let isOn = false
  let timer: unknown
  // A sandbox may have no intervals.
  const wait = (): void => {
    timer = setTimeout(() => {
      if (!isOn) return
      wait()
      look()
    }, every)
    // Node must be able to exit.
    ;(timer as { unref?(): void }).unref?.()
  }
  return {
    start: () => {
      if (!isOn) wait()
      isOn = true
    },
    heard,
    stop: () => {
      isOn = false
      clearTimer(timer)
    },
  }
}
