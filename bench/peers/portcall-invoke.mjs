import { expose, RPC } from '../../dist/index.js'

export const portcallInvoke = {
  name: 'portcall-invoke',
  title: 'portcall invoke',

  serve(endpoint) {
    expose({ echo: (first) => first }, endpoint)
  },

  connect(endpoint) {
    const rpc = new RPC({ transport: endpoint })
    return (...args) => rpc.invoke('echo', args)
  },
}
