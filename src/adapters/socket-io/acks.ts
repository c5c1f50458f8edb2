/** The socket.io acknowledgements of requests that run, by which they are answered. */
import { BUSY } from '../../protocol/errors.ts'
import { isObject, keyOf, own } from '../../protocol/guards.ts'
import { refusal } from '../../peer/reading.ts'

type Ack = (answer: unknown) => void

/** As many as calls may run. Bounds what is kept for requests that are never answered. */
const MAX_ACKS = 16_384
/** Characters of an id; those of `room` have 36. */
const MAX_ID = 64

export interface Acks {
  /** Keep that of a request. @returns false if it is refused, which it has been told. */
  readonly take: (message: unknown, ack: unknown) => boolean
  /** Answer by an acknowledgement. @returns false for what has none. */
  readonly answer: (message: unknown) => boolean
  /** None is answered any more. */
  readonly clear: () => void
}

export function createAcks(): Acks {
  const acks = new Map<unknown, Ack>()
  let session: unknown

  const takeOne = (message: object, ack: unknown): boolean => {
    const id = own(message, 'id')
    const method = own(message, 'method')
    if (typeof method !== 'string') return true
    const isRequest = Number.isFinite(id) || (typeof id === 'string' && id.length <= MAX_ID)
    if (method === 'rpc.connect' && isRequest && id !== session) {
      // Another session: what runs for the one before is not answered.
      session = id
      acks.clear()
    }
    if (method === 'rpc.cancel') acks.delete(keyOf(firstOf(own(message, 'params'))))
    // What will not be answered, or not under this id, keeps none.
    if (typeof ack !== 'function' || !isRequest || own(message, 'jsonrpc') !== '2.0' || acks.has(keyOf(id)))
      return true
    const params = own(message, 'params')
    if (params !== undefined && !isObject(params)) return true
    if (acks.size >= MAX_ACKS) {
      ;(ack as Ack)(refusal(id, BUSY, `${acks.size} calls are running already`))
      return false
    }
    acks.set(keyOf(id), ack as Ack)
    return true
  }

  return {
    take: (message, ack) => !isObject(message) || takeOne(message, ack),
    answer: (message) => {
      if (!isObject(message) || 'method' in message) return false
      const key = keyOf(own(message, 'id'))
      const ack = acks.get(key)
      ack?.(message)
      acks.delete(key)
      return ack !== undefined
    },
    clear: () => acks.clear(),
  }
}

const firstOf = (params: unknown): unknown => (Array.isArray(params) ? (params as unknown[])[0] : undefined)
