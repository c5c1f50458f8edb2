/** Ports that windows of one origin hand to each other by reference, and how messages go through them. */
import { uuid } from '../protocol/uuid.ts'
import type { WindowLike } from './window-endpoint.ts'

/** Where ports wait in the peer's window, under the random key that the greeting names. */
const PLACE: unique symbol = Symbol.for('portcall.near.1')

/** What the peer hears, and what it posts into. A message is made in the realm of the port that hears it: that of the hearing side. */
type Handed = readonly [hears: MessagePort, posts: MessagePort]

/** A window whose objects can be reached. */
export interface NearWindow {
  readonly MessageChannel: typeof MessageChannel
  readonly Map: MapConstructor
  [PLACE]?: Map<unknown, Handed>
}

/** One end: it hears one port, and posts into another. */
export interface NearPort {
  readonly hears: MessagePort
  postMessage(message: unknown, transfer?: Transferable[]): void
  close(): void
}

/**
 * Only Firefox sends each message of a port that was posted through its parent process. The global object of its content
 * scripts is not the window: what they leave in a window, its page does not see.
 */
const isWorthIt = (): boolean => 'mozInnerScreenX' in globalThis && window === globalThis

/** The peer's window, if ports can be left in it. Not if it is of another origin, or has set document.domain. */
export function nearWindow(peer: () => WindowLike | null | undefined): NearWindow | undefined {
  try {
    const there = peer() as NearWindow | null | undefined
    return isWorthIt() && there?.MessageChannel ? there : undefined
  } catch {
    return undefined
  }
}

const nearPort = ([hears, posts]: Handed, forget?: () => unknown): NearPort => ({
  hears,
  postMessage: (message, transfer = []) => {
    try {
      posts.postMessage(message, transfer)
    } catch (error) {
      // That of the peer's realm is no DOMException here.
      const { name, message: text } = Object(error) as DOMException
      throw name === 'DataCloneError' ? new DOMException(text, name) : error
    }
  },
  close: () => {
    forget?.()
    hears.close()
    posts.close()
  },
})

/** Make the ports, and leave the peer's in its window. */
export function giveNear(there: NearWindow): readonly [port: NearPort, key: string] {
  const mine = new MessageChannel()
  const theirs = new there.MessageChannel()
  const waiting = (there[PLACE] ??= new there.Map<unknown, Handed>())
  const key = uuid()
  waiting.set(key, [theirs.port2, mine.port2])
  return [nearPort([mine.port1, theirs.port1], () => waiting.delete(key)), key]
}

/** Take what waits in this window. @returns undefined: there is nothing under that key. */
export function takeNear(key: unknown): NearPort | undefined {
  const waiting = (globalThis as Partial<NearWindow>)[PLACE]
  const handed = waiting?.get(key)
  waiting?.delete(key)
  return handed && nearPort(handed)
}
