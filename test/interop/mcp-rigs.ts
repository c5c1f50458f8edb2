/** A server on our RPC with the SDK's Client, and the SDK's Server with our RPC as its client. */
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { Server } from '@modelcontextprotocol/sdk/server/index.js'
import {
  CallToolRequestSchema,
  type CallToolResult,
  ListToolsRequestSchema,
} from '@modelcontextprotocol/sdk/types.js'
import { type RPC, RPCError } from '../../src/index.ts'
import { type McpLink, protocolVersion, withMcp } from './mcp.ts'
import type { Told } from './ways.ts'

export interface ToolCall {
  readonly name: string
  readonly arguments: Readonly<Record<string, unknown>>
  readonly _meta?: { readonly progressToken?: string | number }
}

export const say = (text: string): CallToolResult => ({ content: [{ type: 'text', text }] })

export const addTool = {
  name: 'add',
  description: 'Add two numbers',
  inputSchema: { type: 'object', properties: { a: { type: 'number' }, b: { type: 'number' } } },
  outputSchema: { type: 'object', properties: { sum: { type: 'number' } }, required: ['sum'] },
}

/** Register what a server with the tool `add` has. */
function serve(rpc: RPC): void {
  rpc.registerMethod('initialize', () => ({
    protocolVersion,
    capabilities: { tools: {}, logging: {} },
    serverInfo: { name: 'portcall', version: '1.0.0' },
    instructions: 'Add.',
  }))
  rpc.registerMethod('notifications/initialized', () => {})
  // A result is an object in MCP: for `null` its schema has no place.
  rpc.registerMethod('ping', () => ({}))
  rpc.registerMethod('tools/list', () => ({ tools: [addTool] }))
}

const add = ({ name, arguments: { a, b } }: ToolCall): CallToolResult => {
  if (name !== 'add') throw new RPCError(-32602, `Unknown tool: ${name}`, { data: { name } })
  const sum = Number(a) + Number(b)
  return { ...say(String(sum)), structuredContent: { sum } }
}

/** The SDK's Client connected to a server on our RPC, with the handler of `tools/call` in place of `add`. */
export const withClient = (
  told: Told,
  body: (link: McpLink & { client: Client }) => Promise<void>,
  callTool: (call: ToolCall) => unknown = add,
): Promise<void> => {
  const capabilities = { roots: { listChanged: true }, sampling: {} }
  const client = new Client({ name: 'sdk', version: '1.0.0' }, { capabilities })
  const prepare = (rpc: RPC): void => {
    serve(rpc)
    rpc.registerMethod('tools/call', callTool)
  }
  return withMcp(client, told, (link) => body({ ...link, client }), prepare)
}

export type ToolHandler = Parameters<
  typeof Server.prototype.setRequestHandler<typeof CallToolRequestSchema>
>[1]

export const tool = { name: 'echo', inputSchema: { type: 'object' as const } }

export const echo: ToolHandler = ({ params }) => say(String(params.arguments?.['text']))

/** Introduce ourselves as the protocol has it. */
export async function initialize(rpc: RPC): Promise<unknown> {
  const capabilities = { roots: { listChanged: true }, sampling: {} }
  const clientInfo = { name: 'portcall', version: '1.0.0' }
  const result = await rpc.invoke('initialize', { protocolVersion, capabilities, clientInfo })
  rpc.notify('notifications/initialized')
  return result
}

/** The SDK's Server with one tool, initialized by our RPC. */
export const withServer = (
  told: Told,
  callTool: ToolHandler,
  body: (link: McpLink & { server: Server }) => Promise<void>,
): Promise<void> => {
  const info = { name: 'sdk', version: '1.0.0' }
  const server = new Server(info, { capabilities: { tools: {} }, instructions: 'Echo.' })
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: [tool] }))
  server.setRequestHandler(CallToolRequestSchema, callTool)
  return withMcp(server, told, async (link) => {
    await initialize(link.rpc)
    await body({ ...link, server })
  })
}
