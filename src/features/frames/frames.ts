/**
 * Many small messages of one turn leave as one, towards peers that take frames: the first leaves alone, small ones that
 * follow in the same turn leave together. What arrives in a frame is handled one after the other, but as separate messages
 * would be: what follows an `await`, and the first steps of an async handler, run before the next one.
 */
import { Running } from '../../peer/context.ts'
import type { Core, Hooks } from '../../peer/seam.ts'
import { cannotSend } from '../../protocol/errors.ts'
import type { RPCId, RPCParams } from '../../protocol/messages.ts'
import {
  chars,
  copySmall,
  FRAME,
  type Framed,
  isBeforeCall,
  MAX_CHARS,
  MAX_MESSAGES,
  messageOfFramed,
  readFrom,
} from './frame-format.ts'

/** Microtasks that a frame waits for more, after the last message was added. */
const PATIENCE = 4
/** The same where many answers are expected: handlers that are async need some more each. */
const MUCH_PATIENCE = 24
/** A frame waits no longer than this, in ms, however long the code that adds to it runs. */
const LONGEST_WAIT = 4
/** Microtasks that other code gets to go on: a few awaits one after the other. */
const TURNS = 16

const resolved = Promise.resolve()

interface NodeProcess {
  on?(event: 'exit', listener: () => void): void
  off?(event: 'exit', listener: () => void): void
}

// What waits in any frame of this process leaves before it exits: there is no microtask then.
const unsent = new Set<() => void>()
let isExiting = false
let watchers = 0

const flushAll = (): void => {
  // What is said from now on, in somebody's own listener, waits for nothing.
  isExiting = true
  unsent.forEach((flush) => flush())
}

/** @returns how to stop that, once. */
function watchExit(): () => void {
  const { process } = globalThis as { readonly process?: NodeProcess }
  if (!watchers++) process?.on?.('exit', flushAll)
  return () => {
    if (!--watchers) process?.off?.('exit', flushAll)
  }
}

export function frames(core: Core): Hooks {
  const { transport, options } = core
  // JSON has not all that stands in a frame, and listeners of events would not see into it.
  if (transport.codec || transport.emitsEvents) return {}
  let post: Core['post']
  let receive: Core['receive']
  let frame: unknown[] = []
  let count = 0
  let length = 0
  let since = 0
  // A message left in this turn, so the next ones wait for each other.
  let isWarm = false
  let patience = 0
  let leaveExit: (() => void) | undefined
  // While a frame is being handled, what arrives waits behind it.
  const backlog: [data: unknown, origin: string | undefined][] = []
  let isBusy = false
  let isCatchingUp = false

  const empty = (): void => {
    frame = []
    count = length = 0
  }

  const flush = (): void => {
    const items = frame
    if (!count) return
    empty()
    unsent.delete(flush)
    try {
      post({ jsonrpc: '2.0', method: FRAME, params: items })
    } catch {
      // One that the medium refuses must not take the others with it.
      for (let at = 0, one; (one = readFrom(items, at)); at = one.end) {
        try {
          post(messageOfFramed(one))
        } catch (error) {
          core.diagnose('undeliverable', one.method, error)
          if (one.method) core.take(one.id)?.reject(cannotSend(one.method, error))
        }
      }
    }
  }

  const warm = (turns: number): void => {
    if (turns > patience) patience = turns
    if (isWarm) return
    isWarm = true
    void resolved.then(cool)
  }

  const cool = (): void => {
    const isLate = count > 0 && Date.now() - since > LONGEST_WAIT
    if (patience-- > 0 && !isLate) return void resolved.then(cool)
    patience = 0
    isWarm = false
    flush()
  }

  const expectMany = (): void => {
    if (core.isOpen) warm(MUCH_PATIENCE)
  }

  const catchUp = (): void => {
    isCatchingUp = true
    for (let next; !isBusy && (next = backlog.shift()) && core.state !== 'closed';) {
      const [data, origin] = next
      core.attempt(undefined, () => receive(data, origin))
    }
    isCatchingUp = false
  }

  const after = (turns: number, step: () => void): void =>
    void resolved.then(() => (turns > 1 ? after(turns - 1, step) : step()))

  // @returns whether a handler was started that has not finished.
  const receiveFramed = (
    { id, method, params, result, error }: Framed,
    origin: string | undefined,
  ): boolean => {
    if (method === undefined) core.settle(id, error, result, !error, undefined)
    else if (id === null || typeof id === 'string' || Number.isFinite(id)) {
      const before = core.inFlight
      core.accept(
        new Running(
          transport,
          origin,
          (id ?? undefined) as RPCId | undefined,
          method,
          params as RPCParams | undefined,
        ),
        undefined,
        core.reply,
      )
      return core.inFlight > before
    } else core.diagnose('invalid', FRAME)
    return false
  }

  const receiveFrame = (items: unknown, origin: string | undefined): void => {
    if (!Array.isArray(items)) return core.diagnose('invalid', FRAME)
    const began = core.epoch
    let at = 0
    let left = MAX_MESSAGES
    isBusy = true
    expectMany()

    // @returns whether the rest is to be handled later.
    const handleSome = (): boolean => {
      while (at < items.length && began === core.epoch) {
        const one = left-- > 0 ? readFrom(items, at) : undefined
        if (!one) {
          core.diagnose('invalid', FRAME)
          return false
        }
        at = one.end
        const isRunning = core.attempt(undefined, () => receiveFramed(one, origin)) === true
        if (at < items.length && (isRunning || isBeforeCall(one, items))) return true
      }
      return false
    }

    const go = (): void => {
      if (core.attempt(FRAME, handleSome)) {
        expectMany()
        return after(TURNS, go)
      }
      isBusy = false
      if (!isCatchingUp) catchUp()
    }

    go()
  }

  core.onPeer((state) => {
    if (state === 'connected') leaveExit ??= watchExit()
  })

  return {
    capabilities: ['frame'],
    notices: {
      [FRAME]: (_: unknown, { params, origin }: Running) =>
        core.can('frame') ? receiveFrame(params, origin) : core.diagnose('unknown-method', FRAME),
    },
    around: {
      join: () => (id, kind, values) => {
        if (!isWarm || !core.isOpen || isExiting || options.coalesce === false || !core.can('frame'))
          return false
        // Before anything else: a getter of theirs may call, too.
        const made: unknown[] = kind === true ? [id, kind] : [id, kind, values.length]
        if (!copySmall(values, made) || !core.isOpen) return false
        length += chars + (kind === true ? 0 : kind.length)
        if (!count++) {
          since = Date.now()
          unsent.add(flush)
        }
        for (const item of made) frame.push(item)
        if (patience < PATIENCE) patience = PATIENCE
        // Not at each, as the clock costs as much as a small message.
        if (
          count >= MAX_MESSAGES ||
          length >= MAX_CHARS ||
          (count % 8 === 0 && Date.now() - since > LONGEST_WAIT)
        )
          flush()
        return true
      },
      flush: () => flush,
      post: (next) => {
        post = next
        return (message, transfer) => {
          flush()
          next(message, transfer)
          warm(0)
        }
      },
      receive: (next) => {
        receive = next
        return (data, origin) => {
          if (isBusy || isCatchingUp) backlog.push([data, origin])
          else receive(data, origin)
        }
      },
      lost: (next) => (reason) => {
        empty()
        unsent.delete(flush)
        leaveExit?.()
        leaveExit = undefined
        // What waits behind the hello of a successor is the successor's.
        if (!isCatchingUp) backlog.length = 0
        next(reason)
      },
    },
  }
}
