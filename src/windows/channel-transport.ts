/** One of several connections over a Worker, port or thread. */
import { type Endpoint, endpointTransport } from '../transport/endpoint.ts'
import type { Receiver, Transport } from '../transport/transport.ts'
import { upgradeTransport } from './port-upgrade.ts'

/**
 * Make a further connection, a channel, over an endpoint that may carry others: it gets a MessagePort of its own, and both
 * sides name it alike. For Workers, their `self`, MessagePorts and Node threads; windows have channels by the option `channel`.
 */
export function channelTransport(endpoint: Endpoint, channel: string): Transport {
  const medium = endpointTransport(endpoint)
  let receiver: Receiver | undefined
  const rest = (isResting: boolean): void => medium.rest?.(isResting)
  const upgrade = upgradeTransport({
    endpoint,
    rest,
    channel,
    opaque: false,
    trusts: () => medium.trusted === true,
    greets: () => [''],
    post: (message, _to, ports) => medium.post(message, ports),
    hear: (on) => {
      medium.listen({
        message: (data) => on(data, ''),
        unreadable: (reason) => receiver?.unreadable(reason),
        failed: (reason, isFatal) => receiver?.failed(reason, isFatal),
        gone: (reason) => upgrade.drop(String(reason), true),
        opened() {},
        leaving: () => upgrade.leave(),
        refused() {},
      })
      return () => medium.close()
    },
  })
  return {
    ...upgrade.transport,
    rest,
    // Known before there is a channel: limits are read at the start.
    trusted: medium.trusted === true,
    listen: (to) => {
      receiver = to
      upgrade.transport.listen(to)
    },
  }
}
