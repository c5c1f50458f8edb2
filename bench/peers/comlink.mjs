import { expose, proxy, releaseProxy, transfer, windowEndpoint, wrap } from 'comlink/dist/esm/comlink.mjs'
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs'
import { remoteOf } from '../api.mjs'

const adapt = ({ endpoint, origin }) =>
  origin !== undefined
    ? windowEndpoint(endpoint, globalThis, origin)
    : endpoint.on
      ? nodeEndpoint(endpoint)
      : endpoint

/** It has no notifications and no streams. */
export const comlink = {
  name: 'comlink',
  title: 'comlink',
  package: 'comlink',
  over: { thread: 'endpoint', worker: 'endpoint', window: 'endpoint' },
  size: "export { expose, wrap } from 'comlink/dist/esm/comlink.mjs'",

  serve(link, api) {
    expose({ ...api, bounce: (buffer) => transfer(buffer, [buffer]) }, adapt(link))
  },

  connect(link) {
    const remote = wrap(adapt(link))
    return {
      ...remoteOf(remote),
      bounce: (buffer) => remote.bounce(transfer(buffer, [buffer])),
      repeat: (callback, times) => remote.repeat(proxy(callback), times),
      keep: (callbacks) => remote.keep(...callbacks.map((callback) => proxy(callback))),
      close: () => remote[releaseProxy](),
    }
  },
}
