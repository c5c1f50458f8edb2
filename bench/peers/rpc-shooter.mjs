import { RPC, RPCMessageEvent } from 'rpc-shooter'

const eventOf = ({ endpoint, origin }) =>
  origin === undefined
    ? new RPCMessageEvent({ currentEndpoint: endpoint, targetEndpoint: endpoint })
    : new RPCMessageEvent({
        currentEndpoint: globalThis,
        targetEndpoint: endpoint,
        config: { targetOrigin: origin },
      })

/** In a Node thread over a port: Node's Worker is no event target. It transfers by a hook only, and has no streams. */
export const rpcShooter = {
  name: 'rpc-shooter',
  title: 'rpc-shooter',
  package: 'rpc-shooter',
  over: { thread: 'port', worker: 'endpoint', window: 'endpoint' },
  size: "export { RPC, RPCMessageEvent } from 'rpc-shooter'",

  serve(link, api) {
    new RPC({ event: eventOf(link), methods: api })
  },

  async connect(link) {
    const rpc = new RPC({ event: eventOf(link) })
    await rpc.connect()
    return {
      call: (...args) => rpc.invoke('echo', ...args),
      take: (value) => rpc.invoke('take', value),
      note: (...args) => rpc.invoke('note', ...args, { isNotify: true }),
      noted: () => rpc.invoke('noted'),
      fail: () => rpc.invoke('fail'),
    }
  },
}
