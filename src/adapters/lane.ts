import { endpointTransport, type Endpoint } from '../endpoint.ts'
import type { Transport } from '../transport.ts'
import { upgradeTransport } from './upgrade.ts'

/**
 * Make a further connection, a lane, over an endpoint that may carry others: it gets a MessagePort of its own, and both
 * sides name it alike. For Workers, their `self`, MessagePorts and Node threads; windows have lanes by the option `name`.
 */
export function laneTransport(endpoint: Endpoint, name: string): Transport {
  const medium = endpointTransport(endpoint)
  const { transport } = upgradeTransport({
    endpoint: medium,
    name,
    opaque: false,
    trusts: () => medium.trusted === true,
    greets: () => [''],
    post: (message, _to, ports) => medium.post(message, ports),
    hear: (on) => {
      medium.listen({
        message: (data) => on(data, ''),
        unreadable() {},
        failed() {},
        gone() {},
        opened() {},
        refused() {},
      })
      return () => medium.close()
    },
  })
  return transport
}
