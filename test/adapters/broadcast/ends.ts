/** The transport of one of two sides of a BroadcastChannel that know each other's ids. */
import { envelopes } from '../../../src/adapters/broadcast/addressing.ts'
import type { Transport } from '../../../src/index.ts'

export interface End {
  readonly transport: Transport
  readonly close: () => void
}

export function openEnd(name: string, id: string, peer: string): End {
  const bus = envelopes(name, { toAll() {}, toUs() {} }, id)
  bus.enter()
  return { transport: bus.transportTo(peer), close: bus.leave }
}
