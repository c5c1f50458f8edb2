import { rpcOf, expose, wrap } from '../../dist/index.js'
import { remoteOf } from '../api.mjs'
import { extras, over, transportOf } from './portcall.mjs'

/** portcall that sends no stacks: what stacks cost calls that succeed. */
export const portcallMessage = {
  name: 'portcall-message',
  title: "portcall `wrap`, `errors: 'message'`",
  over,
  only: ['stacks'],
  serve: (link, api) => void expose(api, transportOf(link), { errors: 'message' }),

  async connect(link) {
    const remote = wrap(transportOf(link), { errors: 'message' })
    await rpcOf(remote).connect()
    return { ...remoteOf(remote), ...extras(remote) }
  },
}
