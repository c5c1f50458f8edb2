import { onTestFinished } from 'vitest'
import {
  type Endpoint,
  endpointTransport,
  RPC,
  type RPCInitOptions,
  type Transport,
} from '../../src/index.ts'

declare global {
  interface ImportMeta {
    readonly env?: Readonly<Record<string, string>>
  }
}

/** How often tests that destroy a connection and make it again do so: see scripts/again.mjs. */
const repeats = Number(import.meta.env?.['VITE_AGAIN'] ?? 0)
export const AGAIN = { repeats, timeout: 20_000 + 1_000 * repeats }

/** What runs on the other side: the fixed service, a hand-written peer that knows `echo`, or somebody who never answers. */
export type Kind = 'service' | 'plain' | 'silent'

/** One fresh connection, what `kind` names is running at its other end. */
export interface Connection {
  /** What an RPC on this side takes: the host's own object where there is one. */
  readonly transport: Transport | Endpoint
  /** End both sides. */
  close(): unknown
}

export type Connect<K = Kind, C extends Connection = Connection> = (kind: K) => C | Promise<C>

/** An RPC on this side of a connection. */
export interface Opened<C extends Connection = Connection> {
  readonly rpc: RPC
  readonly connection: C
}

/** The same, with every message that crossed. */
export interface Tapped<C extends Connection = Connection> extends Opened<C> {
  readonly posted: object[]
  readonly received: object[]
}

type Options = Omit<RPCInitOptions, 'transport'>

export interface Opener<K = Kind, C extends Connection = Connection> {
  /** Connect, and make an RPC of the bare endpoint; the test's end closes both. */
  readonly open: (kind: K, options?: Options) => Promise<Opened<C>>
  /** The same through a transport that notes what crosses. */
  readonly tap: (kind: K, options?: Options) => Promise<Tapped<C>>
}

// A browser worker says of its lock whenever it has it.
const isOfLock = (data: unknown): boolean =>
  (Object(data) as { readonly method?: unknown }).method === 'rpc.lock'

export function opener<K, C extends Connection>(connect: Connect<K, C>): Opener<K, C> {
  const connected = async (kind: K): Promise<C> => {
    const connection = await connect(kind)
    onTestFinished(() => void connection.close())
    return connection
  }
  return {
    async open(kind, options) {
      const connection = await connected(kind)
      return { connection, rpc: start({ ...options, transport: connection.transport }) }
    },
    async tap(kind, options) {
      const connection = await connected(kind)
      const at = connection.transport
      const inner = 'listen' in at ? at : endpointTransport(at)
      const posted: object[] = []
      const received: object[] = []
      const transport: Transport = {
        ...inner,
        post(message, transfer) {
          inner.post(message, transfer)
          posted.push(message as object)
        },
        listen(receiver) {
          inner.listen({
            ...receiver,
            message(data, origin) {
              if (!isOfLock(data)) received.push(data as object)
              receiver.message(data, origin)
            },
          })
        },
      }
      return { connection, posted, received, rpc: start({ ...options, transport }) }
    },
  }
}

/** Make an RPC that the test's end destroys. */
export function start(options: RPCInitOptions): RPC {
  const rpc = new RPC(options)
  onTestFinished(() => rpc.destroy())
  return rpc
}

/** Wait until the introductions of both sides have crossed, and no message is under way. */
export async function settled(rpc: RPC): Promise<void> {
  await rpc.invoke('count')
}

/** Wait for `promise`, at most `ms` milliseconds. */
export async function within<T>(ms: number, promise: PromiseLike<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Nothing happened within ${ms} ms`)), ms)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}

/** What a promise resolves to without a turn of the event loop: no timer and no message makes a difference. */
export async function atOnce<T>(promise: PromiseLike<T>): Promise<T> {
  const late = Symbol('late')
  let wait = Promise.resolve()
  for (let turn = 0; turn < 50; turn++) wait = wait.then(() => {})
  const first = await Promise.race([promise, wait.then(() => late)])
  if (first === late) throw new Error('Nothing happened at once')
  return first as T
}

/** What a promise rejects with. */
export const rejection = (promise: PromiseLike<unknown>): Promise<unknown> =>
  Promise.resolve(promise).then(
    (value) => Promise.reject(new Error(`It resolved with ${JSON.stringify(value)}`)),
    (error: unknown) => error,
  )

/** Make `count` calls that are never answered. @returns what each rejects with, in the order in which they do. */
export function hanging(
  rpc: RPC,
  count: number,
): { readonly all: Promise<unknown>; readonly reasons: unknown[] } {
  const reasons: unknown[] = []
  const calls = Array.from({ length: count }, (_, i) =>
    rejection(rpc.invoke('hang', [`call ${i}`])).then((reason) => reasons.push(reason)),
  )
  return { all: Promise.all(calls), reasons }
}

/** Note unhandled rejections until `stop`, which waits until the host would have reported the last one. */
export function watchRejections(): { stop(): Promise<unknown[]> } {
  const seen: unknown[] = []
  const inBrowser = typeof document !== 'undefined'
  const note = (event: unknown): void => {
    seen.push(inBrowser ? (event as PromiseRejectionEvent).reason : event)
  }
  if (inBrowser) addEventListener('unhandledrejection', note)
  else process.on('unhandledRejection', note)
  return {
    async stop() {
      // The host reports at the end of the current task: two messages later it has.
      for (let i = 0; i < 2; i++) await nextMessage()
      if (inBrowser) removeEventListener('unhandledrejection', note)
      else process.off('unhandledRejection', note)
      return seen
    },
  }
}

/** Wait until a message that is posted now has arrived. */
export const nextMessage = (): Promise<void> =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => {
      port1.close()
      resolve()
    }
    port2.postMessage(null)
  })
