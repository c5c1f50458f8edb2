/** Calls to whoever serves a subject: each asks for a worker first, and is then sent to that one. */
import { INVALID_RESPONSE, messageOf, PEER_GONE } from '../../protocol/errors.ts'
import { isObject, own } from '../../protocol/guards.ts'
import { uuid } from '../../protocol/uuid.ts'
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
  /** Takes an answer, or a batch of them, to what was asked. */
  readonly answer: (data: unknown) => void
  /** Told of what is no JSON. */
  readonly unreadable: (reason: unknown) => void
}

const RETRIES = 2
/** Looks until a request for a worker is made again: it runs nothing. */
const PATIENCE = 10

/** One message with requests, on its way to a worker. */
interface Call {
  readonly text: string
  /** Those that are not answered. */
  requests: readonly Request[]
  worker: string | undefined
  waited: number
  retries: number
}

export function createWorkerCalls(deps: WorkerCallsDeps): WorkerCalls {
  const { nc, subject, inbox, heartbeat, retry, answer, unreadable } = deps
  // By what the reply of each comes under: who was told one knows no other.
  const calls = new Map<string, Call>()
  const keys = new Map<unknown, string>()
  // What a look at a worker is answered under: only that worker, and the NATS server, are told.
  const looks = new Map<string, string>()
  let timer: ReturnType<typeof setInterval> | undefined

  const replyOf = (key: string): string => `${inbox}.${key}`
  const ask = (key: string, call: Call): void => {
    call.worker = undefined
    call.waited = 0
    publish(nc, subject, asking('worker'), replyOf(key))
  }
  const rest = (): void => {
    clearInterval(timer)
    looks.clear()
  }
  const drop = (key: string): void => {
    for (const { id } of calls.get(key)?.requests ?? []) keys.delete(id)
    calls.delete(key)
    if (!calls.size) rest()
  }
  const fail = (key: string, { requests }: Call, why: string, code: number = PEER_GONE): void => {
    drop(key)
    for (const { id, method } of requests)
      answer({ jsonrpc: '2.0', id, error: { code, message: `Request \`${method}\` ${why}` } })
  }
  const mayRetry = ({ requests, retries }: Call): boolean =>
    retries < RETRIES && requests.every(({ method }) => retry(method))

  const died = (worker: string): void => {
    for (const [key, call] of calls) {
      if (call.worker !== worker) continue
      if (mayRetry(call)) {
        call.retries++
        ask(key, call)
      } else fail(key, call, `failed: the worker that served ${subject} is gone; it may have run`)
    }
  }
  const look = (): void => {
    const workers = new Set<string>()
    looks.clear()
    for (const [key, call] of calls) {
      if (call.worker !== undefined) workers.add(call.worker)
      else if (++call.waited > PATIENCE) ask(key, call)
    }
    for (const worker of workers) {
      const key = uuid()
      looks.set(key, worker)
      publish(nc, worker, '', replyOf(key))
    }
  }
  const settle = (key: string, call: Call, data: unknown): void => {
    const answers = [data].flat().filter(isObject)
    const answerOf = (id: unknown): object | undefined =>
      answers.find((one) => own(one, 'id') === id && own(one, 'method') === undefined)
    const open = call.requests.filter(({ id }) => !answerOf(id))
    // A batch that its worker could not send as a whole is answered one by one.
    const isPart = !Array.isArray(data) && open.length < call.requests.length
    for (const { id } of call.requests) {
      const one = answerOf(id)
      if (!one) continue
      keys.delete(id)
      answer(one)
    }
    call.requests = open
    // What has run must not run again.
    call.retries = RETRIES
    if (!open.length) return drop(key)
    if (!isPart) fail(key, call, `got ${whyNone(answers)}`, INVALID_RESPONSE)
  }
  const receive = (message: NatsMessageLike): void => {
    const key = message.subject.slice(inbox.length + 1)
    const call = calls.get(key)
    const looked = looks.get(key)
    if (looked !== undefined && isNobody(message)) return died(looked)
    if (!call) return
    if (isNobody(message)) {
      if (call.worker === undefined) return fail(key, call, `failed: nobody serves ${subject}`)
      // It died before it could be told, so nothing has run.
      return ask(key, call)
    }
    const data = parse(message)
    const worker = memberOf(data, 'from')
    if (call.worker === undefined && worker !== undefined) {
      call.worker = worker
      publish(nc, worker, call.text, replyOf(key))
    } else if (worker === undefined) {
      if (data === undefined) unreadable(new TypeError('An answer is no JSON'))
      settle(key, call, data)
    }
  }
  const cancel = (text: string, id: unknown): void => {
    const key = keys.get(id) ?? ''
    const call = calls.get(key)
    if (!call) return
    if (call.worker !== undefined) publish(nc, call.worker, text, replyOf(key))
    if (call.requests.length === 1) return drop(key)
    call.requests = call.requests.filter((request) => request.id !== id)
    keys.delete(id)
  }

  return {
    add: (text, requests) => {
      const key = uuid()
      checkSize(nc, text)
      if (!calls.size) timer = setInterval(look, heartbeat)
      const call: Call = { text, requests, worker: undefined, waited: 0, retries: 0 }
      calls.set(key, call)
      for (const { id } of requests) keys.set(id, key)
      ask(key, call)
    },
    receive,
    cancel,
    clear: () => {
      calls.clear()
      keys.clear()
      rest()
    },
  }
}

// Where the worker could not even read what was asked, it says why, under no id.
function whyNone(answers: readonly object[]): string {
  const error = answers.map((one) => own(one, 'error')).find(isObject)
  return error ? `no answer, but: ${messageOf(error)}` : 'what is no answer to it'
}
