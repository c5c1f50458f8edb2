import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { lspDialect, RPC } from 'portcall'

const server = new Worker(new URL('./server.mjs', import.meta.url))
const rpc = new RPC({ transport: server, dialect: lspDialect })

/** Who is told of the progress that comes with a token. */
const listeners = new Map()
rpc.registerMethod('$/progress', ({ token, value }) => listeners.get(token)?.(value))

/** Call a method that tells its progress. The request's own id is the token: no second number to make up. */
let lastId = 0
async function invokeWithProgress(method, params, onProgress, options) {
  const id = `index-${++lastId}`
  listeners.set(id, onProgress)
  try {
    return await rpc.invoke(method, { ...params, workDoneToken: id }, { ...options, id })
  } finally {
    listeners.delete(id)
  }
}

const folders = ['src', 'test', 'docs', 'bench']

const show = ({ kind, message, percentage }) =>
  console.log([kind, percentage === undefined ? '' : `${percentage} %`, message].filter(Boolean).join(' '))
const result = await invokeWithProgress('example/index', { folders }, show)
console.log('indexed', result.folders, 'folders')

// The same, given up. Its caller is told at once; the server says later that it has stopped.
const many = Array.from({ length: 1_000 }, (_, index) => `folder ${index}`)
const controller = new AbortController()
let stopped
const hasStopped = new Promise((resolve) => (stopped = resolve))
const token = 'given-up'
listeners.set(token, ({ kind, message, percentage }) => {
  if (percentage === 1) controller.abort(new Error('That is enough'))
  if (kind === 'end') stopped(message ? 'the server has stopped' : 'the server went on to the end')
})
try {
  const params = { folders: many, workDoneToken: token }
  await rpc.invoke('example/index', params, { id: token, signal: controller.signal })
} catch (error) {
  console.log(error.message)
}
console.log(await hasStopped)

rpc.destroy()
void server.terminate()
await once(server, 'exit')
