/** Starts the peer in a worker. */
import type { Endpoint } from '../../../src/index.ts'

export interface Started {
  readonly endpoint: Endpoint
  stop(): void
}

export async function start(): Promise<Started> {
  const endpoint = new Worker(new URL('./peer.ts', import.meta.url), { type: 'module' })
  return { endpoint, stop: () => endpoint.terminate() }
}
