/** Calls to whoever serves a subject: each asks for a worker first, and is then sent to that one. */
import { PEER_GONE } from '../../protocol/errors.ts'
import {
  asking,
  checkSize,
  isNobody,
  memberOf,
  type NatsConnectionLike,
  type NatsMessageLike,
  parse,
  publish,
  type Request,
} from './wire.ts'

export interface WorkerCalls {
  /** Send a text with these requests to a worker. @throws RPCError TOO_LARGE. */
  readonly add: (text: string, requests: readonly Request[]) => void
  /** A message that came to the inbox. */
  readonly receive: (message: NatsMessageLike) => void
  /** Tell the worker of a request by this text that nobody waits for its answer. */
  readonly cancel: (text: string, id: unknown) => void
  /** Forget all. */
  readonly clear: () => void
}

export interface WorkerCallsDeps {
  readonly nc: NatsConnectionLike
  readonly subject: string
  readonly inbox: string
  /** Milliseconds between two looks whether workers live. */
  readonly heartbeat: number
  /** Whether a call whose worker died may be given to another. */
  readonly retry: (method: string) => boolean
  /** Takes an answer; undefined: one that is no JSON. */
  readonly answer: (data: unknown) => void
}

const RETRIES = 2
/** Looks until a request for a worker is made again: it runs nothing. */
const PATIENCE = 10

/** One message with requests, on its way to a worker. */
interface Call {
  readonly text: string
  readonly requests: readonly Request[]
  worker: string | undefined
  waited: number
  retries: number
}

export function createWorkerCalls(deps: WorkerCallsDeps): WorkerCalls {
  const { nc, subject, inbox, heartbeat, retry, answer } = deps
  const calls = new Map<string, Call>()
  let count = 0
  let timer: ReturnType<typeof setInterval> | undefined

  const replyOf = (key: string): string => `${inbox}.${key}`
  const ask = (key: string, call: Call): void => {
    call.worker = undefined
    call.waited = 0
    publish(nc, subject, asking('worker'), replyOf(key))
  }
  const drop = (key: string): void => {
    calls.delete(key)
    if (!calls.size) clearInterval(timer)
  }
  const fail = (key: string, { requests }: Call, why: string): void => {
    drop(key)
    for (const { id, method } of requests) {
      const error = { code: PEER_GONE, message: `Request \`${method}\` failed: ${why}` }
      answer({ jsonrpc: '2.0', id, error })
    }
  }
  const mayRetry = ({ requests, retries }: Call): boolean =>
    retries < RETRIES && requests.every(({ method }) => retry(method))

  const died = (worker: string): void => {
    for (const [key, call] of calls) {
      if (call.worker !== worker) continue
      if (mayRetry(call)) {
        call.retries++
        ask(key, call)
      } else fail(key, call, `the worker that served ${subject} is gone; it may have run`)
    }
  }
  const look = (): void => {
    const workers = new Set<string>()
    for (const [key, call] of calls) {
      if (call.worker !== undefined) workers.add(call.worker)
      else if (++call.waited > PATIENCE) ask(key, call)
    }
    for (const worker of workers) publish(nc, worker, '', replyOf(`w.${worker}`))
  }
  const receive = (message: NatsMessageLike): void => {
    const key = message.subject.slice(inbox.length + 1)
    const call = calls.get(key)
    if (key.startsWith('w.')) return isNobody(message) ? died(key.slice(2)) : undefined
    if (!call) return
    if (isNobody(message)) {
      if (call.worker === undefined) return fail(key, call, `nobody serves ${subject}`)
      // It died before it could be told, so nothing has run.
      return ask(key, call)
    }
    const data = parse(message)
    const worker = memberOf(data, 'from')
    if (call.worker === undefined && worker !== undefined) {
      call.worker = worker
      publish(nc, worker, call.text, replyOf(key))
    } else if (worker === undefined) {
      drop(key)
      answer(data)
    }
  }
  const cancel = (text: string, id: unknown): void => {
    for (const [key, { requests, worker }] of calls) {
      if (!requests.some((request) => request.id === id)) continue
      if (worker !== undefined) publish(nc, worker, text, replyOf(key))
      if (requests.length === 1) drop(key)
    }
  }

  return {
    add: (text, requests) => {
      const key = String(++count)
      checkSize(nc, text)
      if (!calls.size) timer = setInterval(look, heartbeat)
      const call: Call = { text, requests, worker: undefined, waited: 0, retries: 0 }
      calls.set(key, call)
      ask(key, call)
    },
    receive,
    cancel,
    clear: () => {
      calls.clear()
      clearInterval(timer)
    },
  }
}
