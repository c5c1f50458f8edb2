import { newMessagePortRpcSession, RpcTarget } from 'capnweb'

/** It speaks over MessagePorts only, and transfers nothing. Calls have no form without an answer. */
export const capnweb = {
  name: 'capnweb',
  title: 'capnweb',
  package: 'capnweb',
  over: { thread: 'port', worker: 'port', window: 'port' },
  size: "export { newMessagePortRpcSession, RpcTarget } from 'capnweb'",

  serve({ endpoint }, api) {
    class Target extends RpcTarget {
      echo(first) {
        return first
      }
      take() {
        return api.take()
      }
      fail() {
        api.fail()
      }
    }
    newMessagePortRpcSession(endpoint, new Target())
  },

  connect({ endpoint }) {
    const remote = newMessagePortRpcSession(endpoint)
    return {
      call: (...args) => remote.echo(...args),
      take: (value) => remote.take(value),
      fail: () => remote.fail(),
    }
  },
}
