import { AsyncCall, notify } from 'async-call-rpc'
import { remoteOf } from '../api.mjs'
import { messenger } from './messenger.mjs'

const optionsOf = (link) => {
  const { post, listen } = messenger(link)
  return { channel: { on: listen, send: (message) => post(message) }, log: false, thenable: false }
}

/**
 * It knows no medium, so it runs wherever there is one. It transfers nothing; its streams ask for each item by itself and
 * leak by the word of its own README, so they are left out.
 */
export const asyncCallRpc = {
  name: 'async-call-rpc',
  title: 'async-call-rpc',
  package: 'async-call-rpc',
  over: { thread: 'endpoint', worker: 'endpoint', window: 'endpoint' },
  size: "export { AsyncCall } from 'async-call-rpc'",

  serve(link, api) {
    AsyncCall(api, optionsOf(link))
  },

  connect(link) {
    const remote = AsyncCall({}, optionsOf(link))
    const notes = notify(remote)
    return { ...remoteOf(remote), note: (...args) => notes.note(...args) }
  },
}
