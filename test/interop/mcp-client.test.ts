/** The MCP SDK's Client calls a server written on our RPC, over a Node MessageChannel. */
import {
  CreateMessageRequestSchema,
  EmptyResultSchema,
  ErrorCode as McpErrorCode,
  ListRootsRequestSchema,
  LoggingMessageNotificationSchema,
  McpError,
} from '@modelcontextprotocol/sdk/types.js'
import { describe, expect, test } from 'vitest'
import { mcpDialect, type RPC } from '../../src/index.ts'
import { kindOf } from './frames.ts'
import { addTool, say, type ToolCall, withClient } from './mcp-rigs.ts'
import { createGate, refusal } from './outcome.ts'
import { everyWay } from './ways.ts'

describe.each(everyWay('mcpDialect', mcpDialect))('a server on our RPC with %s', (_, told) => {
  test('introduces itself to the SDK’s client', () =>
    withClient(told, async ({ client }) => {
      expect(client.getServerVersion()).toEqual({ name: 'portcall', version: '1.0.0' })
      expect(client.getServerCapabilities()).toEqual({ tools: {}, logging: {} })
      expect(client.getInstructions()).toBe('Add.')
    }))

  test('hears who the client is, then that it is initialized', () =>
    withClient(told, async ({ client, received }) => {
      await client.ping()
      expect(received.filter((frame) => kindOf(frame) !== 'error')).toMatchObject([
        { method: 'initialize', params: { clientInfo: { name: 'sdk' } } },
        { method: 'notifications/initialized' },
        { method: 'ping' },
      ])
    }))

  test('lists its tools', () =>
    withClient(told, async ({ client }) => {
      expect(await client.listTools()).toEqual({ tools: [addTool] })
    }))

  test('runs a tool, and its structured result passes the schema that it listed', () =>
    withClient(told, async ({ client }) => {
      await client.listTools()
      const result = await client.callTool({ name: 'add', arguments: { a: 1, b: 2 } })
      expect(result).toEqual({ content: [{ type: 'text', text: '3' }], structuredContent: { sum: 3 } })
    }))

  test('answers a ping', () =>
    withClient(told, async ({ client }) => {
      expect(await client.ping()).toEqual({})
    }))

  test('rejects a tool call with the code, message and data of its RPCError', () =>
    withClient(told, async ({ client }) => {
      const error = await refusal(client.callTool({ name: 'subtract', arguments: {} }))
      expect(error).toBeInstanceOf(McpError)
      expect(error).toMatchObject({
        code: McpErrorCode.InvalidParams,
        message: 'MCP error -32602: Unknown tool: subtract',
        data: { name: 'subtract' },
      })
    }))

  test('answers an unknown method with MethodNotFound', () =>
    withClient(told, async ({ client }) => {
      const error = await refusal(client.request({ method: 'nobody' }, EmptyResultSchema))
      expect(error).toMatchObject({ code: McpErrorCode.MethodNotFound })
    }))

  test('runs 200 tool calls at once', async () => {
    const gate = createGate(200)
    const callTool = async (call: ToolCall): Promise<object> => {
      await gate()
      return say(String(call.arguments['n']))
    }
    const numbers = Array.from({ length: 200 }, (_entry, index) => index)
    await withClient(
      told,
      async ({ client }) => {
        const results = await Promise.all(
          numbers.map((n) => client.callTool({ name: 'any', arguments: { n } })),
        )
        expect(results).toEqual(numbers.map((n) => say(String(n))))
      },
      callTool,
    )
  })

  test('asks the client for its roots', () =>
    withClient(told, async ({ client, rpc }) => {
      const roots = [{ uri: 'file:///x', name: 'x' }]
      client.setRequestHandler(ListRootsRequestSchema, () => ({ roots }))
      expect(await rpc.invoke('roots/list')).toEqual({ roots })
    }))

  test('pings the client', () =>
    withClient(told, async ({ rpc }) => {
      expect(await rpc.invoke('ping')).toEqual({})
    }))

  test('is rejected with -32601 for what the client cannot do', () =>
    withClient(told, async ({ rpc }) => {
      expect(await refusal(rpc.invoke('elicitation/create'))).toMatchObject({ code: -32601 })
    }))

  test('sends the client log messages', () =>
    withClient(told, async ({ client, rpc }) => {
      const heard = new Promise((resolve) => {
        client.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) => resolve(params))
      })
      rpc.notify('notifications/message', { level: 'info', data: { text: 'hello' } })
      expect(await heard).toEqual({ level: 'info', data: { text: 'hello' } })
    }))

  test('asks the client to sample while its tool runs', async () => {
    const text = { type: 'text' as const, text: 'hi' }
    let server: RPC | undefined
    await withClient(
      told,
      async ({ client, rpc }) => {
        server = rpc
        client.setRequestHandler(CreateMessageRequestSchema, () => ({
          model: 'none',
          role: 'assistant' as const,
          content: text,
        }))
        expect(await client.callTool({ name: 'ask', arguments: {} })).toEqual(say('hi'))
      },
      async () => {
        const messages = [{ role: 'user', content: text }]
        const sampled = await server?.invoke<{ content: { text: string } }>('sampling/createMessage', {
          messages,
          maxTokens: 1,
        })
        return say(String(sampled?.content.text))
      },
    )
  })

  test('reports progress under the token that the client chose', async () => {
    let server: RPC | undefined
    await withClient(
      told,
      async ({ client, rpc }) => {
        server = rpc
        const progress: unknown[] = []
        const onprogress = (step: unknown): void => void progress.push(step)
        await client.callTool({ name: 'work', arguments: {} }, undefined, { onprogress })
        expect(progress).toEqual([
          { progress: 1, total: 2 },
          { progress: 2, total: 2 },
        ])
      },
      async ({ _meta }) => {
        const progressToken = _meta?.progressToken
        server?.notify('notifications/progress', { progressToken, progress: 1, total: 2 })
        server?.notify('notifications/progress', { progressToken, progress: 2, total: 2 })
        return say('done')
      },
    )
  })
})

describe('a server on our RPC that was told nothing about its client', () => {
  test('is refused its hello and goes on as a plain peer', () =>
    withClient({}, async ({ client, received }) => {
      await client.ping()
      expect(received).toContainEqual(
        expect.objectContaining({ error: { code: -32601, message: 'Method not found' } }),
      )
    }))
})
