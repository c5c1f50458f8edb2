import type { Endpoint, RPCInitOptions, Transport } from '../../src/index.ts'
import { serviceMethods } from './methods.ts'
import { type Watched, watchedRPC } from './scenario.ts'

/** Run that service; whether it keeps anything can be seen. */
export const serveWatched = (
  transport: Transport | Endpoint,
  options: Omit<RPCInitOptions, 'transport'> = {},
): Watched => watchedRPC({ ...options, transport, methods: serviceMethods() })
