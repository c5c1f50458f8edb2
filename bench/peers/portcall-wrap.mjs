import { rpcOf, withOptions, wrap } from '../../dist/index.js'
import { remoteOf } from '../api.mjs'
import { connected, extras, over, serve, size, transportOf } from './portcall.mjs'

export const portcallWrap = {
  name: 'portcall-wrap',
  title: 'portcall `wrap`',
  over,
  size,
  serve,

  async connect(link) {
    const { remote, calls } = await connected({ wrap, rpcOf, withOptions }, link)
    return { ...calls, ...extras(remote) }
  },

  start: (link) => remoteOf(wrap(transportOf(link))),
}
