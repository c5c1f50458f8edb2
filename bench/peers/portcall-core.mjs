import { expose, rpcOf, withOptions, wrap } from '../../dist/core.js'
import { remoteOf } from '../api.mjs'
import { connected, over, transportOf } from './portcall.mjs'

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
    const { calls } = await connected({ wrap, rpcOf, withOptions }, link)
    return calls
  },

  start: (link) => remoteOf(wrap(transportOf(link))),
}
