/** The widget of the published example. `origin` in the query is where its host is; as published, it need not be told. */
import { createConnection, createRequest, type Respond, type Response, RPCError } from '../../../src/index.ts'

const query = new URLSearchParams(location.search)
const host = (window.opener as Window | null) ?? window.parent
const connection = createConnection(host, query.get('origin') ?? undefined)

const pingRequest = createRequest('ping')
connection.send(pingRequest, (response) => host.postMessage({ prints: response.payload }, '*'))

connection.handle('myapp.divide', (respond, a: number, b: number) => {
  if (b === 0) respond(null, 'division by zero')
  else respond(a / b)
})
connection.handle('sum', (respond, a: number, b: number) => {
  if (a > 0 && b > 0) respond(a + b)
  else respond(null, 'Sum accepts only positive numbers')
})
connection.handle('echo', (respond, ...args: unknown[]) => respond(args))
connection.handle('nothing', (respond) => respond())
connection.handle('later', (respond) => void setTimeout(respond, 10, 'late'))
connection.handle('twice', (respond) => {
  respond('first')
  respond('second')
  respond(null, 'third')
})
connection.handle('error and payload', (respond) => respond('payload', 'error'))
connection.handle('respond with error', (respond, error: unknown) => respond(null, error))
connection.handle('respond with Error', (respond) => respond(null, new RangeError('out of range')))
connection.handle('throw', () => {
  throw new Error('the handler threw')
})
connection.handle('never', () => {})

const noted: unknown[] = []
connection.handle('note', (respond: Respond, value: unknown) => {
  noted.push(value)
  respond('nobody hears this')
})
connection.handle('noted', (respond) => respond(noted))

/** Send a request to the host, and tell what comes of it. */
connection.handle('errand', (respond, method: string, ...args: unknown[]) =>
  connection.send(createRequest(method, ...args), (response) => respond(described(response))),
)
connection.handle('leave', () => connection.destroy())

const described = ({ payload, error }: Response): unknown =>
  error instanceof RPCError
    ? { payload, code: error.code, message: error.message }
    : error === undefined
      ? { payload }
      : { payload, error }

addEventListener('message', ({ data, source }: MessageEvent<{ barrier?: string }>) => {
  if (data?.barrier) source?.postMessage({ passed: data.barrier }, { targetOrigin: '*' })
})
host.postMessage({ loaded: true }, '*')
