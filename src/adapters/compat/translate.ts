/** A Transport that translates between JSON-RPC and the messages of another library. */
import { type Endpoint, toTransport } from '../../transport/endpoint.ts'
import { METHOD_NOT_FOUND } from '../../protocol/errors.ts'
import type { RPCErrorObject } from '../../protocol/messages.ts'
import type { Receiver, Transport } from '../../transport/transport.ts'

/** A message of JSON-RPC, as far as it is translated. */
export interface Message {
  readonly jsonrpc: '2.0'
  readonly id?: unknown
  readonly method?: string
  readonly params?: unknown
  readonly result?: unknown
  readonly error?: RPCErrorObject
}

/** What a format can say and tell by itself. */
export interface Line {
  readonly post: (frame: object) => void
  readonly opened: () => void
  /** Another one has taken the place of the other side. */
  readonly replaced: () => void
}

/** How another library writes what JSON-RPC says. */
export interface Format {
  /** It has a greeting, so that nothing need be said before the other side is there. */
  readonly opens: boolean
  /** Its frame for a message; undefined: it has none. @throws TypeError for what it cannot say. */
  readonly write: (message: Message) => object | undefined
  /** What one of its frames says; undefined: nothing, or it is somebody else's. */
  readonly read: (data: unknown) => Message | undefined
  readonly start?: () => void
  /** An answer with this id was sent. */
  readonly answered?: (id: unknown) => void
  /** Nothing that was asked before is to be answered. */
  readonly forget?: () => void
}

/** Params as the list that other libraries have; by name: one argument. */
export const listOf = (params: unknown = []): unknown[] => (Array.isArray(params) ? params : [params])

const missing = (id: unknown, method: string): Message => ({
  jsonrpc: '2.0',
  id,
  error: { code: METHOD_NOT_FOUND, message: `Method not found: ${method}` },
})

/**
 * A Transport to a page that still runs another library, around one that carries its frames: who is let in, what is
 * transferred and how an end is found out stay that one's. Portcall's own `rpc.` messages end here, so the other side
 * counts as plain.
 * @throws TypeError for a transport that opens by portcall's own handshake.
 */
export function translate(at: Transport | Endpoint, createFormat: (line: Line) => Format): Transport {
  const inner = toTransport(at)
  const { endpoint = inner, public: isPublic = false, trusted = false, successor = false, codec } = inner
  if (inner.opens)
    throw new TypeError(
      'This transport waits for portcall: pass windowTransport(window, { origin, raw: true })',
    )
  let receiver: Receiver | undefined
  const format = createFormat({
    post: (frame) => {
      if (receiver) inner.post(frame)
    },
    opened: () => receiver?.opened(),
    replaced: () => receiver?.gone('the other side was replaced', false),
  })

  const post = (message: Message, transfer?: readonly object[]): void => {
    const { id, method } = message
    if (method?.startsWith('rpc.')) {
      if (id !== undefined) void Promise.resolve().then(() => receiver?.message(missing(id, method)))
      return
    }
    const frame = format.write(message)
    if (frame) inner.post(frame, transfer)
    if (method === undefined) format.answered?.(id)
  }

  const receive = (data: unknown, origin: string | undefined): void => {
    let message: Message | undefined
    try {
      message = format.read(data)
    } catch (error) {
      return receiver?.unreadable(error)
    }
    if (!message) return
    const { id, method } = message
    if (!method?.startsWith('rpc.')) receiver?.message(message, origin)
    else if (id !== undefined) post(missing(id, method))
  }

  return {
    endpoint,
    public: isPublic,
    trusted,
    successor,
    opens: format.opens,
    ...(codec && { codec }),
    ...(inner.guard && { guard: inner.guard }),
    ...(inner.hasRoom && { hasRoom: () => inner.hasRoom?.() !== false }),
    ...(inner.cut && { cut: (reason) => inner.cut?.(reason) }),
    post: (message, transfer = []) => {
      if (!Array.isArray(message)) return post(message as Message, transfer)
      if (transfer.length) throw new TypeError('a batch transfers nothing to this peer: call one by one')
      // All of it or nothing, as its entries leave one by one.
      if (!codec) structuredClone(message)
      for (const one of message as Message[]) post(one)
    },
    listen: (to) => {
      receiver = to
      const { reloaded, ...others } = to
      inner.listen({
        ...others,
        // A format that opens is told by the greeting of the next document.
        ...(reloaded && !format.opens && { reloaded }),
        message: receive,
        opened() {},
        gone: (reason, final) => {
          format.forget?.()
          to.gone(reason, final)
        },
      })
      format.start?.()
    },
    close: () => {
      receiver = undefined
      format.forget?.()
      inner.close()
    },
  }
}
