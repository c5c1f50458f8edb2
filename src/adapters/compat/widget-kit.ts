/** `widgetKitTransport`: a page that still runs @widget-kit/rpc. */
import type { Endpoint } from '../../transport/endpoint.ts'
import { APPLICATION_ERROR, toErrorObject } from '../../protocol/errors.ts'
import type { RPCErrorObject } from '../../protocol/messages.ts'
import type { Transport } from '../../transport/transport.ts'
import { type Format, listOf, type Message, translate } from './translate.ts'

const REQUEST = '@widget-kit/rpc/request'
const RESPONSE = '@widget-kit/rpc/response'

/** Ids of one RPC before they meet those of another. */
const IDS = 2 ** 20

interface Frame {
  readonly type?: unknown
  readonly sequenceId?: unknown
  readonly method?: unknown
  readonly args?: unknown
  readonly payload?: unknown
  readonly error?: unknown
}

/**
 * Speak with a page that runs @widget-kit/rpc 1.0.0, mostly over `windowTransport(window, { origin, raw: true })`. That
 * library has no hello and answers nothing that it has no handler for: give calls a `timeout`. Source: its repository,
 * packages/rpc/src/rpc.ts.
 * @throws TypeError for `windowTransport` without `raw`.
 */
export function widgetKitTransport(at: Transport | Endpoint): Transport {
  // Its ids are numbers, and an answer to the page before this one must not fit.
  return { ...translate(at, createFormat), public: false }
}

function createFormat(): Format {
  const [random = 0] = crypto.getRandomValues(new Uint32Array(1))
  const base = random * IDS

  const sequenceOf = (id: unknown): number => {
    // What nobody waits for, as its requests are before they are sent.
    if (id === undefined) return 0
    if (!Number.isInteger(id)) throw new TypeError('@widget-kit/rpc has only numbers as ids')
    return base + Number(id)
  }

  return {
    opens: false,
    write: ({ id, method, params, result, error }) => {
      if (method !== undefined)
        return { type: REQUEST, sequenceId: sequenceOf(id), method, args: listOf(params) }
      if (typeof id !== 'number') return undefined
      const answer = { type: RESPONSE, sequenceId: id }
      return error ? { ...answer, payload: null, error: passed(error) } : { ...answer, payload: result }
    },
    read: (data): Message | undefined => {
      const { type, sequenceId, method, args, payload = null, error } = Object(data) as Frame
      if (typeof sequenceId !== 'number' || !Number.isFinite(sequenceId)) return undefined
      if (type === REQUEST && typeof method === 'string')
        return Array.isArray(args) ? { jsonrpc: '2.0', id: sequenceId, method, params: args } : undefined
      if (type !== RESPONSE) return undefined
      const id = sequenceId - base
      return { jsonrpc: '2.0', id, ...(error === undefined ? { result: payload } : { error: failed(error) }) }
    },
  }
}

// As createConnection has it: what a handler responded as error is the data of an application error.
const passed = (error: RPCErrorObject): unknown =>
  error.code === APPLICATION_ERROR && 'data' in error ? error.data : error

function failed(error: unknown): RPCErrorObject {
  const known = toErrorObject(error)
  return known.code === APPLICATION_ERROR ? { ...known, data: error } : known
}
