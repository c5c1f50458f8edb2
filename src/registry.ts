/** Which RPC speaks through which endpoint: one for each, and for each lane of it. */
import type { Transport } from './transport.ts'

interface Place {
  readonly lanes: Map<string, { readonly rpc: object; readonly guard: readonly unknown[] }>
  /** Of an endpoint, as an answer to the RPC before may still come. Ids begin with 1. */
  lastId: number
}

const places = new WeakMap<object, Place>()

const placeOf = (transport: Transport): Place => {
  const key = transport.endpoint ?? transport
  const place = places.get(key) ?? { lanes: new Map(), lastId: 0 }
  places.set(key, place)
  return place
}

/** A place for an RPC that is being made. */
export interface Registration {
  readonly nextId: () => number
  readonly enter: (rpc: object) => void
  readonly leave: () => void
}

/** @throws TypeError if there is an RPC already. */
export function register(transport: Transport): Registration {
  const place = placeOf(transport)
  const { lanes } = place
  const { name = '', guard = [] } = transport
  if (lanes.has(name))
    throw new TypeError('This endpoint has an RPC already: destroy() it, or share it by wrap and expose')
  return {
    nextId: () => ++place.lastId,
    enter: (rpc) => lanes.set(name, { rpc, guard }),
    leave: () => void lanes.delete(name),
  }
}

/** The RPC that speaks through a transport's endpoint and lane. @throws TypeError if it lets in somebody else. */
export function registered(transport: Transport): object | undefined {
  const existing = placeOf(transport).lanes.get(transport.name ?? '')
  if (!existing) return undefined
  const { guard = [] } = transport
  if (existing.guard.length === guard.length && existing.guard.every((rule, i) => rule === guard[i]))
    return existing.rpc
  throw new TypeError('This window has an RPC already that lets in other origins: destroy() it first')
}
