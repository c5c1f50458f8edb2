/** A SharedWorker as a Transport, in a page and in the worker. */
import {
  type Endpoint,
  endpointTransport,
  errorOf,
  type ErrorLike,
  isUnloaded,
} from '../../transport/endpoint.ts'
import type { Receiver, Transport } from '../../transport/transport.ts'
import { isObject } from '../../protocol/guards.ts'
import { withLifeline } from '../liveness/client-liveness.ts'

/** A SharedWorker as far as it is needed here. */
export interface SharedWorkerLike {
  readonly port: Endpoint
  addEventListener(type: 'error', listener: (event: unknown) => void): void
  removeEventListener(type: 'error', listener: (event: unknown) => void): void
}

/**
 * Speak with a SharedWorker. Each side is told when the other is left, and notices when it crashes.
 * @param worker in the worker itself: the port of a `connect` event, for which `serve` does this.
 * @throws TypeError for what is neither.
 * @example
 * const endpoint = new SharedWorker(new URL('./worker.ts', import.meta.url), { type: 'module' })
 * const worker = wrap<typeof api>(sharedWorkerTransport(endpoint))
 */
export function sharedWorkerTransport(worker: SharedWorkerLike | Endpoint): Transport {
  if (!isObject(worker) || !('port' in worker))
    return withLifeline({ ...endpointTransport(worker), trusted: true })
  const inner = endpointTransport(worker.port)
  let receiver: Receiver | undefined
  const failed = (event: unknown): void => {
    const seen = Object(event) as ErrorLike
    receiver?.failed(errorOf(seen), isUnloaded(seen))
  }
  return withLifeline({
    ...inner,
    // Nobody but this origin can make or reach one.
    trusted: true,
    listen: (to) => {
      receiver = to
      worker.addEventListener('error', failed)
      inner.listen(to)
    },
    close: () => {
      receiver = undefined
      worker.removeEventListener('error', failed)
      inner.close()
    },
  })
}
