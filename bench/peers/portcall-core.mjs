import { expose, rpcOf, withOptions, wrap } from '../../dist/core.js'
import { remoteOf } from '../api.mjs'
import { over, transportOf } from './portcall.mjs'

/** Calls alone, no feature. */
export const portcallCore = {
  name: 'portcall-core',
  title: 'portcall/core `wrap`',
  over,
  size: "export { expose, wrap } from '../../dist/core.js'",

  serve(link, api) {
    expose(api, transportOf(link))
  },

  async connect(link) {
    const remote = wrap(transportOf(link))
    await rpcOf(remote).connect()
    const notifying = withOptions(remote, { isNotify: true })
    return {
      ...remoteOf(remote),
      note: (...args) => notifying.note(...args),
      close: () => rpcOf(remote).destroy(),
    }
  },

  start: (link) => remoteOf(wrap(transportOf(link))),
}
