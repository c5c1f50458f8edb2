// An MCP server in a thread, made with the SDK, with one tool that takes its time.
import { setTimeout as sleep } from 'node:timers/promises'
import { parentPort } from 'node:worker_threads'
import { Server } from '@modelcontextprotocol/sdk/server/index.js'
import { CallToolRequestSchema, ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js'

const server = new Server(
  { name: 'slow-tools', version: '1.0.0' },
  { capabilities: { tools: {}, logging: {} } },
)

server.setRequestHandler(ListToolsRequestSchema, () => ({
  tools: [{ name: 'bake', inputSchema: { type: 'object', properties: { minutes: { type: 'number' } } } }],
}))

server.setRequestHandler(CallToolRequestSchema, async ({ params }, { signal, sendNotification }) => {
  const total = Number(params.arguments.minutes)
  const progressToken = params._meta?.progressToken
  for (let progress = 1; progress <= total; progress++) {
    await sleep(5)
    if (signal.aborted) {
      await server.notification({
        method: 'notifications/message',
        params: { level: 'info', data: 'oven off' },
      })
      break
    }
    if (progressToken !== undefined)
      await sendNotification({ method: 'notifications/progress', params: { progressToken, progress, total } })
  }
  return { content: [{ type: 'text', text: `baked for ${total} minutes` }] }
})

await server.connect({
  async start() {
    parentPort.on('message', (message) => this.onmessage(message))
  },
  async send(message) {
    parentPort.postMessage(message)
  },
  async close() {
    parentPort.close()
    this.onclose()
  },
})
