/** Our RPC calls the MCP SDK's servers, over a Node MessageChannel. */
import { Server } from '@modelcontextprotocol/sdk/server/index.js'
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import {
  ErrorCode as McpErrorCode,
  McpError,
  RootsListChangedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js'
import { describe, expect, test } from 'vitest'
import { mcpDialect, RPCError } from '../../src/index.ts'
import { protocolVersion, withMcp } from './mcp.ts'
import { echo, initialize, say, tool, type ToolHandler, withServer } from './mcp-rigs.ts'
import { createGate, refusal } from './outcome.ts'
import { everyWay } from './ways.ts'

describe.each(everyWay('mcpDialect', mcpDialect))(
  'our RPC with %s as a client of the SDK’s server',
  (_, told) => {
    test('is answered who the server is', async () => {
      const server = new Server({ name: 'sdk', version: '1.0.0' }, { capabilities: { tools: {} } })
      await withMcp(server, told, async ({ rpc }) => {
        expect(await initialize(rpc)).toEqual({
          protocolVersion,
          capabilities: { tools: {} },
          serverInfo: { name: 'sdk', version: '1.0.0' },
        })
      })
    })

    test('tells the server that it is initialized', async () => {
      const server = new Server({ name: 'sdk', version: '1.0.0' }, { capabilities: {} })
      const initialized = new Promise<void>((resolve) => (server.oninitialized = resolve))
      await withMcp(server, told, async ({ rpc }) => {
        await initialize(rpc)
        await initialized
        expect(server.getClientVersion()).toEqual({ name: 'portcall', version: '1.0.0' })
      })
    })

    test('lists tools', () =>
      withServer(told, echo, async ({ rpc }) => {
        expect(await rpc.invoke('tools/list')).toEqual({ tools: [tool] })
      }))

    test('calls a tool', () =>
      withServer(told, echo, async ({ rpc }) => {
        const call = { name: 'echo', arguments: { text: 'hi' } }
        expect(await rpc.invoke('tools/call', call)).toEqual(say('hi'))
      }))

    test('calls tools of an McpServer', async () => {
      const server = new McpServer({ name: 'sdk', version: '1.0.0' })
      server.registerTool('now', { description: 'The time' }, () => say('noon'))
      await withMcp(server.server, told, async ({ rpc }) => {
        await initialize(rpc)
        expect(await rpc.invoke('tools/list')).toMatchObject({ tools: [{ name: 'now' }] })
        expect(await rpc.invoke('tools/call', { name: 'now' })).toEqual(say('noon'))
      })
    })

    test('is rejected with the code, message and data of an McpError', () => {
      const fail: ToolHandler = () => {
        throw new McpError(McpErrorCode.InvalidParams, 'no such tool', { name: 'x' })
      }
      return withServer(told, fail, async ({ rpc }) => {
        const error = await refusal(rpc.invoke('tools/call', { name: 'x' }))
        expect(error).toBeInstanceOf(RPCError)
        expect(error).toMatchObject({
          code: -32602,
          message: 'MCP error -32602: no such tool',
          data: { name: 'x' },
        })
      })
    })

    test('is rejected with -32603 when the handler throws something else', () => {
      const fail: ToolHandler = () => {
        throw new Error('oops')
      }
      return withServer(told, fail, async ({ rpc }) => {
        const error = await refusal(rpc.invoke('tools/call', { name: 'x' }))
        expect(error).toMatchObject({ code: -32603, message: 'oops' })
      })
    })

    test('is rejected with -32601 for an unknown method', () =>
      withServer(told, echo, async ({ rpc }) => {
        expect(await refusal(rpc.invoke('prompts/list'))).toMatchObject({ code: -32601 })
      }))

    test('is rejected when the server’s schema refuses the params', () =>
      withServer(told, echo, async ({ rpc }) => {
        expect(await refusal(rpc.invoke('tools/call', { name: 7 }))).toBeInstanceOf(RPCError)
      }))

    test('runs 200 tool calls at once', () => {
      const gate = createGate(200)
      const late: ToolHandler = async (...args) => {
        await gate()
        return echo(...args)
      }
      return withServer(told, late, async ({ rpc }) => {
        const texts = Array.from({ length: 200 }, (_entry, index) => String(index))
        const call = (text: string): Promise<unknown> =>
          rpc.invoke('tools/call', { name: 'echo', arguments: { text } })
        expect(await Promise.all(texts.map(call))).toEqual(texts.map(say))
      })
    })

    test('is asked by the server while its call runs', () => {
      let asking: Server | undefined
      const ask: ToolHandler = async () => say(String((await asking?.listRoots())?.roots[0]?.uri))
      return withServer(told, ask, async ({ rpc, server }) => {
        asking = server
        rpc.registerMethod('roots/list', () => ({ roots: [{ uri: 'file:///x' }] }))
        expect(await rpc.invoke('tools/call', { name: 'ask' })).toEqual(say('file:///x'))
      })
    })

    test('is pinged by the server', () =>
      withServer(told, echo, async ({ rpc, server }) => {
        rpc.registerMethod('ping', () => ({}))
        expect(await server.ping()).toEqual({})
      }))

    test('hears the server’s notifications', () =>
      withServer(told, echo, async ({ rpc, server }) => {
        const heard = new Promise((resolve) => {
          rpc.registerMethod('notifications/tools/list_changed', (...args: unknown[]) => resolve(args))
        })
        await server.sendToolListChanged()
        expect(await heard).toEqual([])
      }))

    test('notifies the server', () =>
      withServer(told, echo, async ({ rpc, server }) => {
        const heard = new Promise((resolve) => {
          server.setNotificationHandler(RootsListChangedNotificationSchema, ({ params }) => resolve(params))
        })
        rpc.notify('notifications/roots/list_changed', { _meta: { cause: 'test' } })
        expect(await heard).toEqual({ _meta: { cause: 'test' } })
      }))

    test('gets progress under the token that is the id it chose, before the result', () => {
      const work: ToolHandler = async ({ params }, { sendNotification }) => {
        const progressToken = params._meta?.progressToken ?? 'none'
        for (const progress of [1, 2])
          await sendNotification({ method: 'notifications/progress', params: { progressToken, progress } })
        return say('done')
      }
      return withServer(told, work, async ({ rpc, received }) => {
        const heard: unknown[] = []
        rpc.registerMethod('notifications/progress', (params: unknown) => void heard.push(params))
        const call = { name: 'work', _meta: { progressToken: 'job-1' } }
        const result = rpc.invoke('tools/call', call, { id: 'job-1' })
        void result.then(() => heard.push('result'))
        await result
        expect(heard).toEqual([
          { progressToken: 'job-1', progress: 1 },
          { progressToken: 'job-1', progress: 2 },
          'result',
        ])
        expect(received.at(-1)).toEqual({ jsonrpc: '2.0', id: 'job-1', result: say('done') })
      })
    })
  },
)
