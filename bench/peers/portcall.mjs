import { expose, transfer, windowTransport } from '../../dist/index.js'
import { remoteOf, sum } from '../api.mjs'

export const over = { thread: 'endpoint', worker: 'endpoint', window: 'endpoint' }

export const size = "export { expose, wrap } from '../../dist/index.js'"

// The bundler knows whether an application has windows.
export const transportOf = ({ endpoint, frame, origin }) =>
  globalThis.hasWindows === false || origin === undefined
    ? endpoint
    : windowTransport(frame ?? endpoint, { origin })

export function serve(link, api) {
  expose({ ...api, bounce: (buffer) => transfer(buffer, [buffer]) }, transportOf(link))
}

/** What `invoke` and `wrap` do alike. */
export const extras = (remote) => ({
  bounce: (buffer) => remote.bounce(transfer(buffer, [buffer])),
  count: (n) => sum(remote.numbers(n)),
  repeat: (callback, times) => remote.repeat(callback, times),
  keep: (callbacks) => remote.keep(...callbacks),
})

/** What `wrap` of `portcall` and of `portcall/core` do alike. */
export async function connected({ wrap, rpcOf, withOptions }, link) {
  const remote = wrap(transportOf(link))
  await rpcOf(remote).connect()
  const notifying = withOptions(remote, { isNotify: true })
  const calls = {
    ...remoteOf(remote),
    note: (...args) => notifying.note(...args),
    close: () => rpcOf(remote).destroy(),
  }
  return { remote, calls }
}
