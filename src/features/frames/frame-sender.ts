/** The sending side of frames: the first message of a turn leaves alone, small ones that follow leave together. */
import type { Peer, Points } from '../../peer/seam.ts'
import { cannotSend } from '../../protocol/errors.ts'
import { chars, copySmall, takeApart } from '../../values/small.ts'
import { FRAME, MAX_CHARS, MAX_MESSAGES, messageOfFramed, readFrom, SHAPES } from './frame-format.ts'

/** Microtasks that a frame waits for more, after the last message was added. */
const TURNS = 4
/** The same where many answers are expected: handlers that are async need some more each. */
const TURNS_FOR_ANSWERS = 24
/** A frame waits no longer than this, in ms, however long the code that adds to it runs. */
const LONGEST_WAIT = 4

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
  // What is said from now on, in a listener of somebody else, waits for nothing.
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

export interface FrameSender {
  readonly join: Points['join']
  readonly flush: () => void
  /** A message has left in this turn, so the next ones wait for each other. */
  readonly warm: () => void
  /** Many answers will be made in this turn. */
  readonly expectMany: () => void
  readonly start: () => void
  readonly stop: () => void
}

export function createFrameSender(peer: Peer, coalesces: boolean, post: Points['post']): FrameSender {
  let frame: unknown[] = []
  let count = 0
  let length = 0
  let since = 0
  let isWarm = false
  let turns = 0
  let leaveExit: (() => void) | undefined

  const empty = (): void => {
    frame = []
    count = length = 0
    unsent.delete(flush)
  }

  const flush = (): void => {
    const items = frame
    if (!count) return
    empty()
    try {
      post({ jsonrpc: '2.0', method: FRAME, params: items })
    } catch {
      // One that the medium refuses must not take the others with it.
      for (let at = 0, one; (one = readFrom(items, at)); at = one.end) {
        try {
          post(messageOfFramed(one))
        } catch (error) {
          peer.diagnose('undeliverable', one.method, error)
          if (one.method) peer.take(one.id)?.reject(cannotSend(one.method, error))
        }
      }
    }
  }

  const warm = (atLeast: number): void => {
    if (atLeast > turns) turns = atLeast
    if (isWarm) return
    isWarm = true
    void resolved.then(cool)
  }

  const cool = (): void => {
    const isLate = count > 0 && Date.now() - since > LONGEST_WAIT
    if (turns-- > 0 && !isLate) return void resolved.then(cool)
    turns = 0
    isWarm = false
    flush()
  }

  return {
    flush,
    warm: () => warm(0),
    expectMany: () => {
      if (peer.isOpen) warm(TURNS_FOR_ANSWERS)
    },
    join: (id, kind, values) => {
      if (!isWarm || !peer.isOpen || isExiting || !coalesces || !peer.can('frame')) return false
      // Before anything else: a getter of theirs may call, too.
      const made: unknown[] = kind === true ? [id, kind] : [id, kind, values.length]
      const names = values.length === 1 && peer.can(SHAPES) ? takeApart(values[0], made) : undefined
      if (names) made[kind === true ? 1 : 2] = names
      else if (!copySmall(values, made)) return false
      if (!peer.isOpen) return false
      length += chars + (kind === true ? 0 : kind.length)
      if (!count++) {
        since = Date.now()
        unsent.add(flush)
      }
      for (const item of made) frame.push(item)
      if (turns < TURNS) turns = TURNS
      // Not at each, as the clock costs as much as a small message.
      const isOld = count % 8 === 0 && Date.now() - since > LONGEST_WAIT
      if (count >= MAX_MESSAGES || length >= MAX_CHARS || isOld) flush()
      return true
    },
    start: () => (leaveExit ??= watchExit()),
    stop: () => {
      empty()
      leaveExit?.()
      leaveExit = undefined
    },
  }
}
