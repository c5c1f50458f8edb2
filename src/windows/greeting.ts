/** The message of a handshake: a notification, which may carry a port. */
import type { Greeting } from './handshake.ts'

export interface GreetingMessage {
  readonly jsonrpc: '2.0'
  readonly method: 'rpc.connect'
  readonly params: Greeting & { readonly port?: MessagePort }
}

// Nothing else that is cloned has a function; jsdom has no class of ports.
const isPort = (value: unknown): boolean =>
  typeof (Object(value) as Partial<MessagePort>).postMessage === 'function'

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
