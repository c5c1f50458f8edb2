// Watches what crosses a transport, and tells which call each frame belongs to.
import type { RPCMessageEventOptions, Transport } from 'portcall'
import { toText } from './ui/text.ts'

export type Direction = 'out' | 'in'

export interface Frame {
  readonly direction: Direction
  /** Milliseconds, on the clock of `performance.now()`. */
  readonly at: number
  /** `request 7`, `result 7`, `error 7`, `notification`, `batch of 3`, `frame of 3`. */
  readonly kind: string
  readonly text: string
}

/** How many frames of a call are kept at its start; two more are at its end. */
export const KEPT_FIRST = 6

/** The frames of one call: those at its start and its end. */
export interface Trace {
  readonly frames: readonly Frame[]
  /** The number of frames between the first and the last ones. */
  readonly omitted: number
  /** No more frames are expected, but for late ones with a known id. */
  settle(): void
}

export interface Recorder {
  /** A transport that is watched, and its channels with it. */
  watch(transport: Transport): Transport
  /** What watches a RPCMessageEvent. */
  readonly adapters: Required<Pick<RPCMessageEventOptions, 'sendAdapter' | 'receiveAdapter'>>
  /** Follow a call from here: the next message for each of `methods`, and with it its answer and its cancellation. */
  follow(methods: readonly string[], options: FollowOptions): Trace
  /** Follow a call from there that has just arrived. */
  followIncoming(id: unknown, changed: () => void): Trace
  /** Do not watch while `step` runs. */
  paused<T>(step: () => Promise<T>): Promise<T>
}

export interface FollowOptions {
  /**
   * Methods that the other side calls meanwhile, as a part of this call. Those of portcall itself (`rpc.next`) count both
   * ways.
   */
  readonly callbacks?: readonly string[]
  readonly changed: () => void
}

interface Following extends Trace {
  readonly frames: Frame[]
  omitted: number
  readonly changed: () => void
  /** Names of the messages still to come, by direction and method. */
  readonly wanted: Set<string>
  /** Those that may come several times. */
  readonly callbacks: ReadonlySet<string>
}

const KEPT_LAST = 2

export function createRecorder(): Recorder {
  const open = new Set<Following>()
  const byId = new Map<string, Set<Following>>()
  let pauses = 0
  let latest: (() => Frame) | undefined

  const record = (direction: Direction, data: unknown): void => {
    if (pauses) return
    const at = performance.now()
    const frame = (): Frame => ({ direction, at, kind: kindOf(data), text: toText(data, { json: true }) })
    latest = frame
    const owners = new Set<Following>()
    for (const message of messagesIn(data))
      for (const owner of ownersOf(direction, message)) owners.add(owner)
    for (const owner of owners) add(owner, frame())
  }

  const ownersOf = (direction: Direction, { id, method, params }: Fields): Iterable<Following> => {
    if (typeof method !== 'string') {
      const key = keyOf(direction === 'out' ? 'in' : 'out', id)
      const owners = byId.get(key) ?? []
      byId.delete(key)
      return owners
    }
    if (method === 'rpc.cancel')
      return byId.get(keyOf(direction, Array.isArray(params) ? params[0] : undefined)) ?? []
    // Whatever is open ends with it.
    if (method === 'rpc.close') return open
    const name = `${direction} ${method}`
    const first = [...open].find(({ wanted }) => wanted.delete(name))
    const owners = new Set(
      [...open].filter((following) => following === first || following.callbacks.has(name)),
    )
    if (id !== undefined && owners.size > 0) byId.set(keyOf(direction, id), owners)
    return owners
  }

  const add = (following: Following, frame: Frame): void => {
    following.frames.push(frame)
    if (following.frames.length > KEPT_FIRST + KEPT_LAST) {
      following.frames.splice(KEPT_FIRST, 1)
      following.omitted++
    }
    following.changed()
  }

  const start = (wanted: Iterable<string>, { callbacks = [], changed }: FollowOptions): Following => {
    const following: Following = {
      frames: [],
      omitted: 0,
      changed,
      wanted: new Set(wanted),
      callbacks: new Set(
        callbacks.flatMap((method) => [
          `in ${method}`,
          ...(method.startsWith('rpc.') ? [`out ${method}`] : []),
        ]),
      ),
      settle: () => void open.delete(following),
    }
    open.add(following)
    return following
  }

  const watch = (transport: Transport): Transport => ({
    ...transport,
    ...(transport.openChannel && {
      openChannel: (channel: string) => watch(transport.openChannel?.(channel) ?? transport),
    }),
    post(message, transfer) {
      transport.post(message, transfer)
      record('out', message)
    },
    listen: (receiver) =>
      transport.listen({
        ...receiver,
        message(data, origin) {
          record('in', data)
          receiver.message(data, origin)
        },
      }),
  })

  return {
    watch,
    adapters: {
      sendAdapter(data) {
        record('out', data)
        return { data }
      },
      receiveAdapter({ data }) {
        record('in', data)
        return data
      },
    },
    follow: (methods, options) =>
      start(
        methods.map((method) => `out ${method}`),
        options,
      ),
    followIncoming(id, changed) {
      const following = start([], { changed })
      if (latest) following.frames.push(latest())
      if (id !== undefined) {
        const key = keyOf('in', id)
        byId.set(key, new Set([...(byId.get(key) ?? []), following]))
      }
      return following
    },
    async paused(step) {
      pauses++
      try {
        return await step()
      } finally {
        pauses--
      }
    },
  }
}

interface Fields {
  readonly id?: unknown
  readonly method?: unknown
  readonly params?: unknown
}

const asFields = (message: unknown): Fields =>
  typeof message === 'object' && message !== null ? message : {}

/** The messages of a batch, of a frame (which has small ones as one flat array, see src/frame.ts), or the one that it is. */
function messagesIn(data: unknown): Fields[] {
  if (Array.isArray(data)) return data.map(asFields)
  const fields = asFields(data)
  const { method, params } = fields
  if (method !== 'rpc.frame' || !Array.isArray(params)) return [fields]
  const messages: Fields[] = []
  for (let at = 0; at < params.length;) {
    const [id, kind, count]: unknown[] = params.slice(at, at + 3)
    if (typeof kind === 'string') {
      const values = Number(count)
      messages.push({ id: id ?? undefined, method: kind, params: params.slice(at + 3, at + 3 + values) })
      at += 3 + values
    } else {
      messages.push({ id })
      at += kind === true ? 3 : 4
    }
  }
  return messages
}

// Both sides count their ids from 1: 7 of the page is not 7 of the worker, and "7" is not 7.
const keyOf = (caller: Direction, id: unknown): string => `${caller} ${typeof id} ${String(id)}`

function kindOf(data: unknown): string {
  if (Array.isArray(data)) return `batch of ${data.length}`
  const fields = asFields(data)
  if (fields.method === 'rpc.frame') return `frame of ${messagesIn(data).length}`
  const id = toText(fields.id)
  if (fields.method === undefined) return `${'error' in fields ? 'error' : 'result'} ${id}`
  return fields.id === undefined ? 'notification' : `request ${id}`
}
