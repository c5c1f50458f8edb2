/**
 * The one interface that an environment implements. The contract, in the order of a connection's life:
 *
 * 1. `listen` is called once, before anything is posted. From then on the transport tells its receiver of every message,
 *    one at a time and in order. It does not look into messages, except to check where they come from: what comes from
 *    elsewhere than its peer is never passed on.
 * 2. `post` hands over one message at once and in order, or throws: then nothing was sent and everything in `transfer`
 *    is still usable. It never waits and never retries.
 * 3. When the other side is gone, and the environment lets that be known, `gone` is called; nothing is called after a
 *    final one.
 * 4. `close` undoes `listen`: no listener, timer or port of the transport is left behind. It does not end what the user
 *    made (a Worker, a MessagePort): the user may go on with it.
 */
import type { Encoded, Revive, Take } from './encode.ts'
import type { Policy } from './messages.ts'

/** How values cross a medium that carries no structured clones. */
export interface Codec {
  /** @throws an error that names the path of what the medium cannot carry. */
  readonly encode: (payload: unknown, take: Take) => Encoded
  readonly decode: (payload: unknown, marks: unknown, revive: Revive, maxDepth: number) => unknown
}

export interface Transport {
  /** The host object that it speaks through. There is one RPC for an endpoint. Default: the transport itself. */
  readonly endpoint?: object
  /** Whether others may post there too. Default: `shared`. */
  readonly policy?: Policy
  /** Others read what is posted, so ids must not be guessed or collide: they carry a nonce. Default: false. */
  readonly public?: boolean
  /** The other side runs code of this side's own origin or making, so errors may carry their fields. Default: false. */
  readonly trusted?: boolean
  /** The other side can be followed by a successor after it has gone (a window that still exists, a socket that reconnects). */
  readonly successor?: boolean
  /** Notifications may come from somebody who never introduces itself: they say nothing about who is there. Default: false. */
  readonly emitsEvents?: boolean
  /** The lane that it is. Default: the one without a name. */
  readonly name?: string
  /** What it makes of values that it does not carry; it transfers nothing then. Default: it carries structured clones. */
  readonly codec?: Codec
  /** Who ends without a word `hold`s a Web Lock, who is to find out `watch`es it; both sides have one of them, or it is of no use. */
  readonly lock?: 'hold' | 'watch'
  /** Nothing can be said before it tells `opened`. Default: false. */
  readonly opens?: boolean
  /** What it lets in. An RPC is shared only by transports to the same endpoint that let in the same. */
  readonly guard?: readonly unknown[]
  /** A further connection over the same medium, which both sides name alike; only where it carries MessagePorts. */
  lane?(name: string): Transport
  post(message: unknown, transfer?: readonly object[]): void
  listen(receiver: Receiver): void
  close(): void
}

/** What a transport tells. */
export interface Receiver {
  /** One message; `origin` where the environment knows it. */
  readonly message: (data: unknown, origin?: string) => void
  /** Something arrived that could not be read (`messageerror`, text that is not JSON). */
  readonly unreadable: (reason: unknown) => void
  /**
   * The other side is gone; pending calls reject with `reason` as cause.
   * @param final nobody can come after it. Default: unless the transport has `successor`.
   */
  readonly gone: (reason: unknown, final?: boolean) => void
  /** There is a new way to the other side, and what was said before may be lost: say hello (again). */
  readonly opened: () => void
  /** Whether a call, stream or reference is open. */
  readonly isInUse?: () => boolean
  /** This side is about to end, and what it says now still arrives. */
  readonly leaving?: () => void
  /** Somebody was not let in. */
  readonly refused: (origin: string) => void
  /** Something failed over there that need not be its end, such as a worker's `error` event. */
  readonly failed: (reason: unknown) => void
}
