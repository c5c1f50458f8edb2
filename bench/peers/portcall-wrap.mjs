import { expose, wrap } from '../../dist/index.js'

export const portcallWrap = {
  name: 'portcall-wrap',
  title: 'portcall wrap',

  serve(endpoint) {
    expose({ echo: (first) => first }, endpoint)
  },

  connect(endpoint) {
    const remote = wrap(endpoint)
    return (...args) => remote.echo(...args)
  },
}
