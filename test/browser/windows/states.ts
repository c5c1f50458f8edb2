import type { PeerState, RPC } from '../../../src/index.ts'

/** What `onPeer` says, from now on. */
export function statesOf(rpc: RPC): PeerState[] {
  const states: PeerState[] = []
  rpc.onPeer((state) => states.push(state))
  return states
}
