/** The message of a handshake: a notification, which may carry a port. */
import { tagOf } from '../protocol/guards.ts'
import type { Greeting } from './handshake.ts'

export interface GreetingMessage {
  readonly jsonrpc: '2.0'
  readonly method: 'rpc.connect'
  readonly params: Greeting & { readonly port?: MessagePort }
}

export const isConnect = (data: unknown): data is GreetingMessage => {
  const { jsonrpc, method, params, id } = Object(data) as Partial<GreetingMessage> & { readonly id?: unknown }
  return (
    jsonrpc === '2.0' &&
    method === 'rpc.connect' &&
    id === undefined &&
    typeof params === 'object' &&
    params !== null &&
    (params.port === undefined || tagOf(params.port) === 'MessagePort')
  )
}
