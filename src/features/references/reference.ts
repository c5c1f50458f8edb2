/** What stands behind a remote of something that the peer passed by reference, and how it is released. */
import type { RPCInvokeOptions } from '../../peer/arguments.ts'
import { type Caller, nodeOf } from '../../peer/remote.ts'
import type { Peer } from '../../peer/seam.ts'
import { RELEASED, RPCError } from '../../protocol/errors.ts'
import type { RPCParams } from '../../protocol/messages.ts'

export class Reference implements Caller {
  readonly id: number
  readonly iterates = true
  readonly #peer: Peer
  readonly #release: () => void
  remote: { deref(): object | undefined } | undefined
  /** Why it cannot be called any more. */
  end: RPCError | undefined

  constructor(id: number, peer: Peer, release: () => void) {
    this.id = id
    this.#peer = peer
    this.#release = release
  }

  /** A caller may not look at what comes of what was passed, so a rejection is a diagnostic, too. */
  request(method: string, params: readonly unknown[], options: RPCInvokeOptions = {}): Promise<unknown> {
    const call = this.end ? Promise.reject(this.end) : this.#peer.call(method, [this.id, ...params], options)
    call.catch((error: unknown) => this.#peer.diagnose('failed', params[0] || 'callback', error))
    return call
  }

  invoke(path: string, params: RPCParams | null, options?: RPCInvokeOptions): Promise<unknown> {
    return this.request('rpc.call', [path, ...((params ?? []) as readonly unknown[])], options)
  }

  ask(path: string, params: RPCParams | null, options?: RPCInvokeOptions): Promise<unknown> {
    return this.#peer.ask(this.invoke(path, params, options))
  }

  construct(path: string, args: readonly unknown[], options?: RPCInvokeOptions): Promise<unknown> {
    return this.request('rpc.new', [path, ...args], options)
  }

  destroy(): void {
    if (this.end) return
    this.end = new RPCError(RELEASED, 'This was released here')
    this.#release()
  }
}

/** Also one of another copy of portcall. */
export const referenceOf = (remote: object): Reference | undefined => {
  const caller = nodeOf(remote)?.caller
  return caller?.iterates ? (caller as Reference) : undefined
}

/**
 * Release what the peer passed by reference: it may be collected there, and calls of it reject RELEASED here. Ends a stream.
 * @throws TypeError for what was not passed by reference.
 */
export function release(value: object): void {
  const reference = referenceOf(value)
  if (reference) return reference.destroy()
  const { return: end } = value as Partial<AsyncIterator<unknown>>
  if (typeof end !== 'function' || !(Symbol.asyncIterator in value))
    throw new TypeError('Nothing to release: pass a function, object or stream that came from the other side')
  void end.call(value)
}
