import { expose, transfer } from 'osra'
import { remoteOf, sum } from '../api.mjs'

const transportOf = ({ endpoint, origin }) =>
  origin === undefined
    ? { transport: endpoint }
    : { transport: { emit: endpoint, receive: globalThis }, origin }

/**
 * In a Node thread over a port, as Node's Worker is no event target, and only where Node has a global WebSocket (22 and
 * later): it asks for one at every start. It has no notifications.
 */
export const osra = {
  name: 'osra',
  title: 'osra',
  package: 'osra',
  over: { thread: 'WebSocket' in globalThis ? 'port' : undefined, worker: 'endpoint', window: 'endpoint' },
  size: "export { expose } from 'osra'",

  serve(link, api) {
    void expose({ ...api, bounce: (buffer) => transfer(buffer) }, transportOf(link))
  },

  async connect(link) {
    const remote = await expose({}, transportOf(link))
    return {
      ...remoteOf(remote),
      bounce: (buffer) => remote.bounce(transfer(buffer)),
      count: async (n) => sum(await remote.numbers(n)),
      // Each item is a round trip: a million of them would take minutes.
      streamShare: 1 / 200,
    }
  },
}
