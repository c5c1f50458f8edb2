/** The message of a handshake: a notification, which may carry a port. */
import type { Greeting } from './handshake.ts'
import type { NearPort } from './near-port.ts'

export type Port = MessagePort | NearPort

export interface GreetingMessage {
  readonly jsonrpc: '2.0'
  readonly method: 'rpc.connect'
  readonly params: Greeting & {
    readonly port?: Port
    /** True: its sender takes ports by reference. A text: under that key one waits in the window of the receiver. */
    readonly near?: unknown
  }
}

// Nothing else that is cloned has a function; jsdom has no class of ports.
const isPort = (value: unknown): boolean =>
  typeof (Object(value) as Partial<MessagePort>).postMessage === 'function'
/**
 * Says to the session `re`, or to all, that `session` has no connection for it. Portcall 0.1.0 ignores that, as its sessions are in
 * no list.
 */
export interface Refusal {
  readonly session: readonly [string]
  readonly re?: string | undefined
  readonly name?: string
}

/** The session that refuses `mine`, or that is over. */
export const refuserOf = (params: object, mine: string | undefined, name: string | undefined): unknown => {
  const given = params as Partial<Refusal>
  return Array.isArray(given.session) && given.re === mine && given.name === name
    ? given.session[0]
    : undefined
}

export const isConnect = (data: unknown): data is GreetingMessage => {
  const { jsonrpc, method, params, id } = Object(data) as Partial<GreetingMessage> & { readonly id?: unknown }
  return (
    jsonrpc === '2.0' &&
    method === 'rpc.connect' &&
    id === undefined &&
    typeof params === 'object' &&
    params !== null &&
    (params.port === undefined || isPort(params.port))
  )
}

/**
 * A port that came, out of reach of other copies of portcall: 0.1.0 closes those that are not meant for it, and all that listen
 * to a window get the same object. @returns undefined if it is closed already.
 */
export function ownPort(came: Port): Port | undefined {
  // Test realms have none, and no 0.1.0 beside. Nobody else has what was handed over by reference.
  if ('hears' in came || typeof structuredClone !== 'function') return came
  try {
    return structuredClone(came, { transfer: [came] })
  } catch {
    return undefined
  }
}
