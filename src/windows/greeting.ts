/** The message of a handshake: a notification, which may carry a port. */
import type { Greeting } from './handshake.ts'

export interface GreetingMessage {
  readonly jsonrpc: '2.0'
  readonly method: 'rpc.connect'
  readonly params: Greeting & { readonly port?: MessagePort }
}

/** Says to the session `re` that somebody else has the connection. Portcall 0.1.0 ignores it, as it has no session. */
export const refusalOf = (params: { readonly re?: unknown; readonly session?: unknown }): unknown =>
  params.session === undefined ? params.re : undefined

export const isConnect = (data: unknown): data is GreetingMessage => {
  const { jsonrpc, method, params, id } = Object(data) as Partial<GreetingMessage> & { readonly id?: unknown }
  return (
    jsonrpc === '2.0' &&
    method === 'rpc.connect' &&
    id === undefined &&
    typeof params === 'object' &&
    params !== null &&
    (params.port === undefined || params.port instanceof MessagePort)
  )
}

/** Whether the first word over a port that was posted to nobody in particular comes from who was meant. */
export const confirms = ({ session, re }: GreetingMessage['params'], theirs: string, mine: string): boolean =>
  session === theirs && re === mine

/**
 * A port that came, out of reach of other copies of portcall: 0.1.0 closes those that are not meant for it, and all that listen
 * to a window get the same object. @returns undefined if it is closed already.
 */
export function ownPort(came: MessagePort): MessagePort | undefined {
  try {
    return structuredClone(came, { transfer: [came] })
  } catch {
    return undefined
  }
}
