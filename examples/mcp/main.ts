import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type {
  CallToolRequest,
  CallToolResult,
  InitializeRequest,
  InitializeResult,
  ListToolsRequest,
  ListToolsResult,
  LoggingMessageNotification,
} from '@modelcontextprotocol/sdk/types.js'
import { mcpDialect, RPC, withOptions } from 'portcall'
import { stdioTransport } from 'portcall/stdio'

/** The part of the Model Context Protocol that is used here. */
interface McpServer {
  initialize(params: InitializeRequest['params']): InitializeResult
  readonly notifications: {
    initialized(): void
  }
  readonly tools: {
    list(params?: ListToolsRequest['params']): ListToolsResult
    call(params: CallToolRequest['params']): CallToolResult
  }
}

const script = fileURLToPath(new URL('./server.js', import.meta.url))
const child = spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'inherit'] })
const exited = once(child, 'exit')

const rpc = new RPC({
  transport: stdioTransport({ readable: child.stdout, writable: child.stdin }),
  dialect: mcpDialect, // an aborted call is cancelled in MCP's way
})
const server = rpc.remote<McpServer>({ params: 'by-name', separator: '/' })

// What the server tells us: its methods here have its names.
rpc.registerMethod('notifications/message', ({ level, data }: LoggingMessageNotification['params']) =>
  console.log(`${level}: ${JSON.stringify(data)}`),
)

const { serverInfo } = await server.initialize({
  protocolVersion: '2025-06-18',
  capabilities: {},
  clientInfo: { name: 'portcall-example', version: '1.0.0' },
})
console.log('connected to', serverInfo.name)
await withOptions(server, { isNotify: true }).notifications.initialized()

const { tools } = await server.tools.list()
for (const { name, description } of tools) console.log(`${name}: ${description}`)

const text = 'as natural as calling a local function'
const counted = await server.tools.call({ name: 'count', arguments: { text } })
console.log(counted.content)

const refused = await withOptions(server, { timeout: 20_000 }).tools.call({ name: 'spell' })
console.log(refused.isError, refused.content)

rpc.destroy()
// The end of its stdin is the end of an MCP server.
child.stdin.end()
console.log('exit code', (await exited)[0])
