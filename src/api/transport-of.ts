/** The transport that the options of an RPC mean. */
import { isObject } from '../protocol/guards.ts'
import type { Endpoint } from '../transport/endpoint.ts'
import type { Transport } from '../transport/transport.ts'
import type { RPCEmitter } from './events.ts'
import type { RPCInitOptions } from './options.ts'

/** How an entry makes transports of hosts, and of emitters if it takes any. */
export interface Hosts {
  readonly endpoint: (value: Transport | Endpoint) => Transport
  readonly emitter?: ((event: RPCEmitter) => Transport) | undefined
}

/** @throws TypeError if they mean none. */
export function transportOf(
  { transport, event, channel }: RPCInitOptions,
  { endpoint, emitter }: Hosts,
): Transport {
  const at = transport ?? event
  if (!isObject(at) || (transport && event))
    throw new TypeError('Pass { transport } (a Worker, a MessagePort, self, a Transport) or { event }')
  const isOwn = 'listen' in at || !event
  if (!isOwn && !emitter) throw new TypeError('portcall/core takes no emitters: use portcall')
  const base = isOwn ? endpoint(at as Transport | Endpoint) : emitter?.(event)
  const found = channel ? base?.openChannel?.(channel) : base
  if (found) return found
  throw new TypeError('This transport has no channels: pass channelTransport(endpoint, channel)')
}
