import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { mcpDialect, RPC } from 'portcall'

const server = new Worker(new URL('./server.mjs', import.meta.url))
const rpc = new RPC({ transport: server, dialect: mcpDialect })

/** Who is told of the progress that comes with a token. */
const listeners = new Map()
rpc.registerMethod('notifications/progress', ({ progressToken, ...progress }) =>
  listeners.get(progressToken)?.(progress),
)

let lastId = 0

/** Call a tool that tells its progress. The request's own id is the token: no second number to make up. */
async function callTool(name, args, onProgress, options) {
  const id = ++lastId
  listeners.set(id, onProgress)
  try {
    const params = { name, arguments: args, _meta: { progressToken: id } }
    return await rpc.invoke('tools/call', params, { ...options, id })
  } finally {
    listeners.delete(id)
  }
}

const { serverInfo } = await rpc.invoke(
  'initialize',
  {
    protocolVersion: '2025-06-18',
    capabilities: {},
    clientInfo: { name: 'portcall-example', version: '1.0.0' },
  },
  { id: 'initialize' },
)
rpc.notify('notifications/initialized')
console.log('connected to', serverInfo.name)

const { content } = await callTool('bake', { minutes: 3 }, ({ progress, total }) =>
  console.log(`minute ${progress} of ${total}`),
)
console.log(content[0].text)

// The same, given up. Its caller is told at once; the server says later, by a message, that it has stopped.
const controller = new AbortController()
const stopped = new Promise((resolve) =>
  rpc.registerMethod('notifications/message', ({ data }) => resolve(data)),
)
const giveUp = ({ progress }) => {
  if (progress === 10) controller.abort(new Error('That is enough'))
}
try {
  await callTool('bake', { minutes: 1_000 }, giveUp, { signal: controller.signal })
} catch (error) {
  console.log(error.message)
}
console.log(await stopped)

rpc.destroy()
void server.terminate()
await once(server, 'exit')
