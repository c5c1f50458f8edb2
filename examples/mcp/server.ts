// An MCP server over stdio, made with the SDK. Nothing but messages may go to stdout.
import { Server } from '@modelcontextprotocol/sdk/server/index.js'
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js'
import { CallToolRequestSchema, ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js'

const server = new Server({ name: 'words', version: '1.0.0' }, { capabilities: { tools: {}, logging: {} } })

server.setRequestHandler(ListToolsRequestSchema, () => ({
  tools: [
    {
      name: 'count',
      description: 'Counts the words of a text.',
      inputSchema: { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] },
    },
  ],
}))

server.setRequestHandler(CallToolRequestSchema, async ({ params: { name, arguments: given } }) => {
  if (name !== 'count')
    return { isError: true, content: [{ type: 'text', text: `There is no tool ${name}` }] }
  const words = String(given?.text).split(/\s+/).filter(Boolean)
  await server.sendLoggingMessage({ level: 'info', data: `counted ${words.length} words` })
  return { content: [{ type: 'text', text: String(words.length) }] }
})

await server.connect(new StdioServerTransport())
