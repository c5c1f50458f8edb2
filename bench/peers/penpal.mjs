import { CallOptions, connect, PortMessenger, Reply, WindowMessenger, WorkerMessenger } from 'penpal'
import { remoteOf } from '../api.mjs'

const messengerOf = ({ kind, endpoint, origin }) =>
  origin !== undefined
    ? new WindowMessenger({ remoteWindow: endpoint, allowedOrigins: [origin] })
    : kind === 'thread'
      ? new PortMessenger({ port: endpoint })
      : new WorkerMessenger({ worker: endpoint })

/** In a Node thread over a port: Node's Worker is no event target. It has neither notifications nor streams. */
export const penpal = {
  name: 'penpal',
  title: 'penpal',
  package: 'penpal',
  over: { thread: 'port', worker: 'endpoint', window: 'endpoint' },
  size: "export { connect, WorkerMessenger } from 'penpal'",

  serve(link, api) {
    const bounce = (buffer) => new Reply(buffer, { transferables: [buffer] })
    connect({ messenger: messengerOf(link), methods: { ...api, bounce } })
  },

  async connect(link) {
    const connection = connect({ messenger: messengerOf(link) })
    const remote = await connection.promise
    return {
      ...remoteOf(remote),
      close: () => connection.destroy(),
      bounce: (buffer) => remote.bounce(buffer, new CallOptions({ transferables: [buffer] })),
    }
  },
}
