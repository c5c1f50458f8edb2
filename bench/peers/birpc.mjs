import { createBirpc } from 'birpc'
import { remoteOf } from '../api.mjs'
import { messenger } from './messenger.mjs'

const channel = (link) => {
  const { post, listen } = messenger(link)
  // It gives `post` further arguments that are not for the medium.
  return { post: (message) => post(message), on: listen }
}

/** It knows no medium, so it runs wherever there is one. It transfers nothing and has no streams. */
export const birpc = {
  name: 'birpc',
  title: 'birpc',
  package: 'birpc',
  over: { thread: 'endpoint', worker: 'endpoint', window: 'endpoint' },
  size: "export { createBirpc } from 'birpc'",

  serve(link, api) {
    createBirpc(api, channel(link))
  },

  connect(link) {
    const remote = createBirpc({}, { ...channel(link), eventNames: ['note'] })
    return { ...remoteOf(remote), note: (...args) => remote.note(...args) }
  },
}
