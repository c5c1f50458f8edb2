/** How a test tells pages and workers what to do, wherever they are: by a message that carries a port for the answer. */

/** From a window on: `['parent', 'frames', 0]`; `popup` is the one that was opened there last. */
export type Path = readonly (string | number)[]

/** A message, and where in it a port is to be. */
export interface Shot {
  readonly message: unknown
  readonly port?: 'params.port' | 'message' | undefined
  /** So many arrays around it: more than crosses to another origin, so it is made where it is shot. */
  readonly levels?: number
}

export type Order =
  /** Post all of these to all of those. */
  | { readonly do: 'shoot'; readonly at: readonly Path[]; readonly shots: readonly Shot[] }
  /** Try all that a window can do to another one besides posting. @returns what the browser let happen. */
  | { readonly do: 'meddle'; readonly at: readonly Path[] }
  /** All that it ever got, as text. */
  | { readonly do: 'loot' }
  | { readonly do: 'embed' | 'open'; readonly src: string }
  | { readonly do: 'navigate'; readonly at: Path; readonly to: string }
  /** Hand an order on. */
  | { readonly do: 'pass'; readonly at: Path; readonly order: Order }
  /** Only victims: connect, tell what happened, end the connection. */
  | { readonly do: 'connect' | 'report' | 'end' }
  /** Only workers: introduce itself, as a peer that can do this. */
  | { readonly do: 'greet'; readonly can: readonly string[] }

interface Envelope {
  readonly order: Order
  readonly reply: MessagePort
}

interface Outcome {
  readonly value?: unknown
  readonly error?: string
}

interface Target {
  postMessage(message: unknown, options: { transfer: Transferable[]; targetOrigin?: string }): void
}

export const isOrder = (data: unknown): data is Envelope =>
  (Object(data) as Partial<Envelope>).reply instanceof MessagePort

/** Do what is ordered, and answer with what comes of it. */
export function obeyOrders(obey: (order: Order) => unknown): void {
  const answer = async ({ order, reply }: Envelope): Promise<void> => {
    let outcome: Outcome
    try {
      outcome = { value: await obey(order) }
    } catch (error) {
      outcome = { error: String(error) }
    }
    reply.postMessage(outcome)
  }
  addEventListener('message', ({ data }: MessageEvent) => {
    if (isOrder(data)) void answer(data)
  })
}

/** Give an order, and wait for what comes of it. */
export function give<T = unknown>(target: Target, order: Order): Promise<T> {
  const { port1, port2 } = new MessageChannel()
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`Nobody obeyed ${order.do} within 45 s`)), 45_000)
    port1.onmessage = ({ data: { value, error } }: MessageEvent<Outcome>): void => {
      clearTimeout(late)
      port1.close()
      if (error === undefined) resolve(value as T)
      else reject(new Error(error))
    }
    const envelope: Envelope = { order, reply: port2 }
    target.postMessage(envelope, { transfer: [port2], targetOrigin: '*' })
  })
}
