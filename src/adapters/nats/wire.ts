/**
 * What both sides of a NATS subject share. One side asks at the subject, and one member of its queue group answers with an
 * inbox of its own: `{ portcall: 1, want }` → `{ portcall: 1, from }`. JSON-RPC then goes from inbox to inbox.
 *
 * Whether the owner of an inbox lives is told by the NATS server itself: an empty message with a reply subject to an inbox
 * that nobody subscribes to, as that of a killed process, is replied "no responders" at once. A process that is merely busy
 * is never taken for dead.
 */
import { RPCError, TOO_LARGE } from '../../protocol/errors.ts'
import { isObject } from '../../protocol/guards.ts'
import { uuid } from '../../protocol/uuid.ts'
import { type Counted, createBacklog } from '../sockets/backlog.ts'
import { MAX_BUFFERED } from '../sockets/bounds.ts'

/** A message as the clients of NATS hand it over. */
export interface NatsMessageLike {
  readonly subject: string
  readonly reply?: string | undefined
  readonly data: Uint8Array
  readonly headers?: { readonly code: number } | undefined
}

/** A connection of `@nats-io/transport-node` (or `nats-core` in a browser, by WebSocket), as far as it is needed here. */
export interface NatsConnectionLike {
  readonly info?: { readonly max_payload: number } | undefined
  publish(subject: string, payload: Uint8Array, options?: { reply?: string }): void
  subscribe(
    subject: string,
    options: { queue?: string; callback: (error: Error | null, message: NatsMessageLike) => void },
  ): { unsubscribe(): void }
  /** Resolves when the NATS server has taken what was published before. */
  flush?(): Promise<void>
  status(): AsyncIterable<{ readonly type: string }>
  closed(): Promise<unknown>
}

/** A request of JSON-RPC, as far as it is looked at here. */
export interface Request {
  readonly id: unknown
  readonly method: string
}

/** What is asked for at a subject: a session of one's own, or a worker for one call. */
export type Want = 'session' | 'worker'

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true })

/** @throws TypeError for what is no UTF-8. */
export const textOf = ({ data }: NatsMessageLike): string => decoder.decode(data)

/** The answer of the NATS server where nobody subscribes. */
export const isNobody = ({ headers, data }: NatsMessageLike): boolean => headers?.code === 503 && !data.length

/** A subject that nobody guesses. */
export const newInbox = (): string => `_INBOX.${uuid().replaceAll('-', '')}`

/** The bytes of a text that the NATS server takes. @throws RPCError TOO_LARGE. */
export function checkSize(nc: NatsConnectionLike, text: string): Uint8Array {
  const bytes = encoder.encode(text)
  const { max_payload: limit = Infinity } = nc.info ?? {}
  if (bytes.length <= limit) return bytes
  throw new RPCError(
    TOO_LARGE,
    `A message of ${bytes.length} bytes is over the NATS server's limit of ${limit}`,
  )
}

/** @throws RPCError TOO_LARGE, and what the connection throws. */
export function publish(nc: NatsConnectionLike, subject: string, text: string, reply?: string): void {
  const bytes = checkSize(nc, text)
  nc.publish(subject, bytes, reply === undefined ? {} : { reply })
  flowOf(nc).published(bytes.length)
}

/** What waits in a connection for the NATS server to take it, of all that is spoken over that. */
interface Flow {
  readonly backlog: Counted
  readonly published: (bytes: number) => void
}

/** Bytes after which the server is asked whether it has taken them. */
const ASK = 1_048_576

const flows = new WeakMap<NatsConnectionLike, Flow>()

function createFlow(nc: NatsConnectionLike): Flow {
  let waiting = 0
  let isAsking = false
  const backlog = createBacklog([{ waiting: () => waiting, limit: MAX_BUFFERED }])

  const ask = (): void => {
    if (isAsking || waiting < ASK) return
    const asked = waiting
    const taken = (): void => {
      isAsking = false
      waiting -= asked
      backlog.look()
      ask()
    }
    isAsking = true
    // What a lost connection held is lost.
    nc.flush?.().then(taken, taken)
  }

  return {
    backlog,
    published: (bytes) => {
      if (!nc.flush) return
      waiting += bytes
      ask()
    },
  }
}

function flowOf(nc: NatsConnectionLike): Flow {
  const flow = flows.get(nc) ?? createFlow(nc)
  flows.set(nc, flow)
  return flow
}

export const backlogOf = (nc: NatsConnectionLike): Counted => flowOf(nc).backlog

export const asking = (want: Want): string => JSON.stringify({ portcall: 1, want })
export const answering = (from: string): string => JSON.stringify({ portcall: 1, from })

/** A member of `{ portcall: 1, … }`, if it is that. */
export function memberOf(message: unknown, name: 'want' | 'from'): string | undefined {
  if (!isObject(message) || Reflect.get(message, 'portcall') !== 1) return undefined
  const value: unknown = Reflect.get(message, name)
  return typeof value === 'string' ? value : undefined
}

/** JSON, or undefined. */
export function parse(message: NatsMessageLike): unknown {
  try {
    return JSON.parse(textOf(message))
  } catch {
    return undefined
  }
}

/** Be told of this side's own connection to the NATS server. @returns how to stop. */
export function watch(
  nc: NatsConnectionLike,
  { lost, back, closed }: Readonly<Record<'lost' | 'back' | 'closed', () => void>>,
): () => void {
  let stopped = false
  const statuses: AsyncIterable<{ readonly type: string }> & { stop?(): void } = nc.status()
  const follow = async (): Promise<void> => {
    for await (const { type } of statuses) {
      if (stopped) return
      if (type === 'disconnect') lost()
      if (type === 'reconnect') back()
    }
  }
  follow().catch(() => {})
  const end = (): void => {
    if (!stopped) closed()
  }
  nc.closed().then(end, end)
  return () => {
    stopped = true
    statuses.stop?.()
  }
}
