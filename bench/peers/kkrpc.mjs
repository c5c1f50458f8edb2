import { IframeChildIO, IframeParentIO, RPCChannel, WorkerChildIO, WorkerParentIO } from 'kkrpc/browser'
import { remoteOf } from '../api.mjs'

/**
 * Not in a Node thread: in Node it speaks over stdio, HTTP and WebSocket. It sends strings (superjson), so it transfers
 * nothing; it has neither notifications nor streams.
 */
export const kkrpc = {
  name: 'kkrpc',
  title: 'kkrpc',
  package: 'kkrpc',
  over: { worker: 'endpoint', window: 'endpoint' },
  size: "export { RPCChannel, WorkerChildIO, WorkerParentIO } from 'kkrpc/browser'",

  serve({ origin }, api) {
    const io = origin === undefined ? new WorkerChildIO() : new IframeChildIO()
    new RPCChannel(io, { expose: api })
  },

  connect({ endpoint, origin }) {
    const io = origin === undefined ? new WorkerParentIO(endpoint) : new IframeParentIO(endpoint)
    return remoteOf(new RPCChannel(io).getAPI())
  },
}
