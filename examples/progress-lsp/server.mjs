// A language server in a thread: it indexes folders, tells how far it is, and stops when its caller cancels.
import { setTimeout as sleep } from 'node:timers/promises'
import { parentPort } from 'node:worker_threads'
import {
  createMessageConnection,
  PortMessageReader,
  PortMessageWriter,
  ResponseError,
} from 'vscode-jsonrpc/node'

/** LSP 3.17, ErrorCodes. */
const REQUEST_CANCELLED = -32800

const connection = createMessageConnection(
  new PortMessageReader(parentPort),
  new PortMessageWriter(parentPort),
)

connection.onRequest('example/index', async ({ folders, workDoneToken: token }, cancellation) => {
  const progress = (value) => connection.sendNotification('$/progress', { token, value })
  await progress({ kind: 'begin', title: 'Indexing', percentage: 0 })
  for (const [index, folder] of folders.entries()) {
    await sleep(5)
    if (cancellation.isCancellationRequested) {
      await progress({ kind: 'end', message: `stopped before ${folder}` })
      throw new ResponseError(REQUEST_CANCELLED, 'Cancelled')
    }
    await progress({ kind: 'report', message: folder, percentage: (100 * (index + 1)) / folders.length })
  }
  await progress({ kind: 'end' })
  return { folders: folders.length }
})

connection.listen()
