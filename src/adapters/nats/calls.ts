/** `callNats`: calls to whichever of a queue group NATS chooses. */
import { jsonCodec } from '../../values/json-codec.ts'
import { dialects, portcallDialect } from '../../features/dialects/dialects.ts'
import { isObject } from '../../protocol/guards.ts'
import type { RPCInitOptions } from '../../api/options.ts'
import type { BaseRPC } from '../../api/rpc.ts'
import type { RPCMaker } from '../../api/shared-rpc.ts'
import type { Receiver, Transport } from '../../transport/transport.ts'
import type { NatsOptions } from './session.ts'
import { createWorkerCalls } from './workers.ts'
import { backlogOf, type NatsConnectionLike, newInbox, publish, type Request, watch } from './wire.ts'

/** Options of `callNats`. */
export interface NatsCallOptions
  extends NatsOptions, Omit<RPCInitOptions, 'transport' | 'event' | 'channel' | 'plain' | 'dialect'> {
  /**
   * Which calls may run twice: one whose worker dies is given to another, up to twice. Default: false: it rejects PEER_GONE,
   * as it may have run.
   */
  readonly retry?: boolean | ((method: string) => boolean) | undefined
}

/**
 * Call those who serve a subject, each call whichever of its queue group NATS chooses: its worker. Values are JSON.
 * A worker that dies rejects its calls PEER_GONE; where nobody serves the subject they reject so at once.
 * @returns an RPC: `invoke`, `notify`, `batch`, `remote`, `destroy`.
 */
export type CallNats<R extends BaseRPC> = (
  nc: NatsConnectionLike,
  subject: string,
  options?: NatsCallOptions,
) => R

export const createCallNats =
  <R extends BaseRPC>(make: RPCMaker<R>): CallNats<R> =>
  (nc, subject, options = {}) => {
    const { retry: _, ...rest } = options
    return make({
      ...rest,
      transport: callsTransport(nc, subject, options),
      // A worker stops when the caller gives up. It keeps nothing of a caller, so there is nobody to say hello to.
      use: [dialects, ...(options.use ?? [])],
      dialect: portcallDialect,
    })
  }

function callsTransport(
  nc: NatsConnectionLike,
  subject: string,
  { heartbeat = 1_000, retry = false }: NatsCallOptions,
): Transport {
  const inbox = newInbox()
  let receiver: Receiver | undefined
  let stop: (() => void) | undefined
  const backlog = backlogOf(nc)
  const calls = createWorkerCalls({
    nc,
    subject,
    inbox,
    heartbeat,
    retry: typeof retry === 'function' ? retry : () => retry,
    answer: (data) => receiver?.message(data),
    unreadable: (reason) => receiver?.unreadable(reason),
  })

  return {
    endpoint: {},
    policy: 'strict',
    successor: true,
    opens: true,
    codec: jsonCodec(),
    hasRoom: backlog.hasRoom,
    post: (message) => {
      backlog.check()
      const text = JSON.stringify(message)
      const entries = [message]
        .flat()
        .filter((entry): entry is Request & { params?: unknown } => isObject(entry))
      const requests = entries.filter(({ id, method }) => id !== undefined && method !== undefined)
      if (entries[0]?.method === portcallDialect.method)
        calls.cancel(text, portcallDialect.idOf(entries[0].params as never))
      else if (requests.length > 0) calls.add(text, requests)
      else publish(nc, subject, text)
    },
    listen: (to) => {
      receiver = to
      const unwatch = to.drained && backlog.listen(to.drained)
      const subscription = nc.subscribe(`${inbox}.>`, {
        callback: (error, message) => (error ? to.unreadable(error) : calls.receive(message)),
      })
      const lose = (reason: string, final: boolean): void => {
        calls.clear()
        to.gone(reason, final)
      }
      const stopWatching = watch(nc, {
        lost: () => lose('the connection to NATS was lost', false),
        back: () => to.opened(),
        closed: () => lose('the connection to NATS was closed', true),
      })
      stop = () => {
        stopWatching()
        unwatch?.()
        subscription.unsubscribe()
        calls.clear()
      }
      to.opened()
    },
    close: () => stop?.(),
  }
}
