import { expose, wrap } from 'comlink/dist/esm/comlink.mjs'
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs'

const adapt = (endpoint) => (endpoint.on ? nodeEndpoint(endpoint) : endpoint)

export const comlink = {
  name: 'comlink',
  title: 'comlink',

  serve(endpoint) {
    expose({ echo: (first) => first }, adapt(endpoint))
  },

  connect(endpoint) {
    const remote = wrap(adapt(endpoint))
    return (...args) => remote.echo(...args)
  },
}
