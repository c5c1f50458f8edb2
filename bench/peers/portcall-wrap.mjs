import { rpcOf, withOptions, wrap } from '../../dist/index.js'
import { remoteOf } from '../api.mjs'
import { extras, over, serve, size, transportOf } from './portcall.mjs'

export const portcallWrap = {
  name: 'portcall-wrap',
  title: 'portcall `wrap`',
  over,
  size,
  serve,

  async connect(link) {
    const remote = wrap(transportOf(link))
    await rpcOf(remote).connect()
    const notifying = withOptions(remote, { isNotify: true })
    return {
      ...remoteOf(remote),
      note: (...args) => notifying.note(...args),
      close: () => rpcOf(remote).destroy(),
      ...extras(remote),
    }
  },

  start: (link) => remoteOf(wrap(transportOf(link))),
}
