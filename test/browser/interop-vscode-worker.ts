/** A module worker in which vscode-jsonrpc answers, and calls the page when it is asked to. */
import {
  BrowserMessageReader,
  BrowserMessageWriter,
  type CancellationToken,
  CancellationTokenSource,
  createMessageConnection,
  RequestType2,
  ResponseError,
} from 'vscode-jsonrpc/browser'
import { type Errand, numbers, outcomeOf } from './interop-told.ts'

const connection = createMessageConnection(new BrowserMessageReader(self), new BrowserMessageWriter(self))

connection.onRequest(new RequestType2<number, number, number, void>('add'), (a, b) => a + b)
connection.onRequest('greet', ({ name }: { name: string }) => `hello ${name}`)
connection.onRequest('nothing', () => {})
connection.onRequest('fail', () => new ResponseError(4711, 'no such file', { path: '/x' }))

const heard: unknown[][] = []
connection.onNotification('log', (...args: unknown[]) => void heard.push(args))
connection.onRequest('heard', () => heard)

connection.onRequest('wait', async (token: CancellationToken) => {
  const cancelled = new Promise<void>((resolve) => token.onCancellationRequested(() => resolve()))
  await connection.sendNotification('waiting')
  await cancelled
  await connection.sendNotification('cancelled')
  return new ResponseError(-32800, 'given up')
})

connection.onRequest('errand', ({ method, params }: Errand): Promise<unknown> =>
  outcomeOf(connection.sendRequest(method, ...params)),
)

connection.onRequest('notifyMe', async () => {
  await connection.sendNotification('log', 'a', 1)
  await connection.sendNotification('log', { text: 'b' })
  await connection.sendNotification('log')
})

connection.onRequest('callAndCancel', (): Promise<unknown> => {
  const source = new CancellationTokenSource()
  connection.onNotification('waiting', () => source.cancel())
  return outcomeOf(connection.sendRequest('wait', source.token))
})

connection.onRequest('burst', () => Promise.all(numbers.map((n) => connection.sendRequest('add', n, 1))))

connection.listen()
