/** A worker that serves all pages, and tells of them. */
import { serve } from '../../../src/entries/shared-worker.ts'
import { callContext, type RPC } from '../../../src/index.ts'

let made = 0
let left = 0
const aborted: string[] = []

const api = () => {
  const number = ++made
  return {
    number: () => number,
    clients: () => server.clients.size,
    left: () => left,
    aborted: () => aborted,
    shout: (text: string) => server.broadcast('told', [text, number]),
    shoutNothing: () => server.broadcast('told', [Symbol('x')]),
    askAll: (method: string) => Promise.all([...server.clients].map((rpc) => rpc.invoke(method))),
    hang(name: string) {
      callContext().signal.addEventListener('abort', () => aborted.push(name))
      return new Promise(() => {})
    },
    fail() {
      throw Object.assign(new RangeError('too far'), { field: 1 })
    },
    end: () => void setTimeout(close),
    endLater: () => void setTimeout(close, 5_000),
    stop: () => server.close(),
  }
}

export type Api = ReturnType<typeof api>

const server = serve(api, {
  onClient: (_: RPC, gone: Promise<void>) => void gone.then(() => left++),
})
