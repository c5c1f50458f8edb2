import { checkTimeout } from '../../peer/arguments.ts'
import type { Core, Hooks } from '../../peer/seam.ts'
import { CLOSED } from '../../protocol/errors.ts'
/** Asks the other side for a sign of life, where nothing else tells that it is gone. */

export interface HeartbeatDeps {
  /** Milliseconds of silence, 0 for never, after which the other side is asked, and again until it counts as gone. */
  readonly interval: number
  /** Whether it matters now that the other side is there. */
  readonly isNeeded: () => boolean
  readonly ask: () => void
  readonly gone: (reason: string) => void
}

export interface Heartbeat {
  /** Something came from the other side. */
  readonly heard: () => void
  readonly stop: () => void
}

/**
 * Look four times in an interval. What this side slept through (a hidden tab's timers, a debugger, a frozen page) is no
 * silence of the other one: a look that comes late begins anew.
 */
export function createHeartbeat({ interval, isNeeded, ask, gone }: HeartbeatDeps): Heartbeat {
  if (!interval) return { heard() {}, stop() {} }
  const every = interval / 4
  let lookedAt = performance.now()
  let silentSince = lookedAt
  let hasAsked = false

  const heard = (): void => {
    silentSince = performance.now()
    hasAsked = false
  }

  const look = (): void => {
    const now = performance.now()
    const isLate = now - lookedAt > 2 * every
    lookedAt = now
    if (isLate || !isNeeded()) return heard()
    const silent = now - silentSince
    if (silent >= 2 * interval && hasAsked) gone(`there was no sign of life for ${Math.round(silent)} ms`)
    else if (silent >= interval && !hasAsked) {
      hasAsked = true
      ask()
    }
  }

  const timer: unknown = setInterval(look, every)
  // Node must be able to exit.
  ;(timer as { unref?(): void }).unref?.()
  return { heard, stop: () => clearInterval(timer as number) }
}

/** Asks a silent peer for a sign of life, by the option `heartbeat`; answers when it is asked. */
export function heartbeat(core: Core): Hooks {
  const { heartbeat: interval = 0 } = core.options
  checkTimeout(interval)
  const requests = { 'rpc.ping': () => null }
  const answers: Hooks = { capabilities: ['ping'], among: ['ping'], requests }
  if (!interval) return answers
  const { heard, stop } = createHeartbeat({
    interval,
    isNeeded: () => core.can('ping') && core.isInUse(),
    ask: () => void core.call('rpc.ping', [], {}).catch(() => {}),
    gone: core.gone,
  })
  return {
    ...answers,
    around: {
      receive: (next) => (data, origin) => {
        heard()
        next(data, origin)
      },
      lost: (next) => (reason) => {
        next(reason)
        if (reason.code === CLOSED) stop()
      },
    },
  }
}
