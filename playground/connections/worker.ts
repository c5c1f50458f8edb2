import { endpointTransport, expose, type PeerState, type Remote, type RPC, rpcOf, wrap } from 'portcall'
import type { Api } from '../peers/api.ts'
import { createPageApi, type PageHooks } from '../page-api.ts'
import type { Recorder } from '../recorder.ts'

/** The other side of the page, and how to end it and start another. */
export interface Connection<T> {
  /** What the other side is called in the page. */
  readonly peer: string
  readonly remote: Remote<T>
  readonly rpc: RPC
  close(): void
}

export interface ConnectionOptions {
  readonly recorder: Recorder
  readonly hooks: PageHooks
  readonly onPeer: (state: PeerState) => void
}

/** Start a worker, let it call the page, and watch what crosses. */
export function connectWorker({ recorder, hooks, onPeer }: ConnectionOptions): Connection<Api> {
  const worker = new Worker(new URL('../peers/worker.ts', import.meta.url), { type: 'module' })
  const transport = recorder.watch(endpointTransport(worker))
  const remote = wrap<Api>(transport)
  const rpc = rpcOf(remote)
  expose(createPageApi(hooks), transport)
  rpc.onPeer(onPeer)
  return {
    peer: 'worker',
    remote,
    rpc,
    close() {
      rpc.destroy()
      worker.terminate()
    },
  }
}
