import type { Receiver, RPC, Transport } from '../../src/index.ts'
import type { Kind } from '../contract/fixture.ts'
import { answerPlainly } from '../contract/plain.ts'
import { serve } from '../contract/service.ts'

/**
 * A transport as the contract suite knows them: it tells no origin, and whoever has gone has no successor. Windows and
 * channels tell and have both; tests of their own look at that.
 */
export const bare = (transport: Transport): Transport => ({
  ...transport,
  successor: false,
  listen: (to) =>
    transport.listen({ ...to, message: (data) => to.message(data), gone: (reason) => to.gone(reason) }),
})

/** What runs behind a transport; the service has an RPC. */
export interface Behind {
  readonly rpc?: RPC
  readonly stop: () => void
}

/** Run what `kind` names behind a transport. */
export function run(kind: Kind, transport: Transport, more: object = {}): Behind {
  if (kind === 'service') {
    const rpc = serve(transport, more)
    return { rpc, stop: rpc.destroy }
  }
  if (kind === 'plain')
    transport.listen(
      hearing((data) => answerPlainly({ postMessage: (message) => transport.post(message) }, data)),
    )
  return { stop: () => transport.close() }
}

/** A receiver that hears messages and nothing else. */
export const hearing = (message: Receiver['message']): Receiver => ({
  message,
  unreadable() {},
  gone() {},
  opened() {},
  refused() {},
  failed() {},
})
