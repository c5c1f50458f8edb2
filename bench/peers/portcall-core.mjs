import { expose, wrap } from '../../dist/core.js'
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

  connect(link) {
    return remoteOf(wrap(transportOf(link)))
  },
}
