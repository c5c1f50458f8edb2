/** Starts a peer in a worker. */
import type { Endpoint } from '../../../src/index.ts'

export interface Started {
  readonly endpoint: Endpoint
  stop(): void
}

export type PeerName = 'peer' | 'failing'

export async function start(name: PeerName): Promise<Started> {
  // Vite reads both of them.
  const endpoint =
    name === 'peer'
      ? new Worker(new URL('./peer.ts', import.meta.url), { type: 'module' })
      : new Worker(new URL('./failing.ts', import.meta.url), { type: 'module' })
  return { endpoint, stop: () => endpoint.terminate() }
}
