/** Cancellation between our RPC and the MCP SDK, in both roles and both directions, over a Node MessageChannel. */
import {
  ErrorCode as McpErrorCode,
  ListRootsRequestSchema,
  McpError,
} from '@modelcontextprotocol/sdk/types.js'
import { describe, expect, test } from 'vitest'
import { callContext, mcpDialect } from '../../src/index.ts'
import { echo, say, type ToolHandler, withClient, withServer } from './mcp-rigs.ts'
import { refusal } from './outcome.ts'

const told = { dialect: mcpDialect }

describe('a server on our RPC with mcpDialect', () => {
  test('aborts the signal of a tool that the client cancels, and does not answer', async () => {
    let finish = (_result: object): void => {}
    let start = (_signal: AbortSignal): void => {}
    const started = new Promise<AbortSignal>((resolve) => (start = resolve))
    await withClient(
      told,
      async ({ client, posted }) => {
        const controller = new AbortController()
        const options = { signal: controller.signal }
        const call = refusal(client.callTool({ name: 'wait', arguments: {} }, undefined, options))
        const signal = await started
        const aborted = new Promise((resolve) => signal.addEventListener('abort', resolve))
        const before = posted.length
        controller.abort('enough')
        expect(await call).toBeInstanceOf(McpError)
        await aborted
        finish(say('too late'))
        await client.ping()
        expect(posted.slice(before)).toEqual([expect.objectContaining({ result: {} })])
      },
      () => {
        start(callContext().signal)
        return new Promise((resolve) => (finish = resolve))
      },
    )
  })

  test('does not answer a cancelled tool that throws', async () => {
    let start = (_signal: AbortSignal): void => {}
    const started = new Promise<AbortSignal>((resolve) => (start = resolve))
    await withClient(
      told,
      async ({ client, posted }) => {
        const controller = new AbortController()
        const options = { signal: controller.signal }
        const call = refusal(client.callTool({ name: 'wait', arguments: {} }, undefined, options))
        await started
        const before = posted.length
        controller.abort('enough')
        await call
        await client.ping()
        expect(posted.slice(before)).toEqual([expect.objectContaining({ result: {} })])
      },
      () => {
        const { signal } = callContext()
        start(signal)
        return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
      },
    )
  })

  test('aborts the signal of a tool when the client’s deadline has passed', async () => {
    let abort = (): void => {}
    const aborted = new Promise<void>((resolve) => (abort = resolve))
    await withClient(
      told,
      async ({ client }) => {
        const call = refusal(client.callTool({ name: 'wait', arguments: {} }, undefined, { timeout: 20 }))
        expect(await call).toMatchObject({ code: McpErrorCode.RequestTimeout })
        await aborted
      },
      () => {
        callContext().signal.addEventListener('abort', () => abort())
        return new Promise(() => {})
      },
    )
  })

  test('cancels what it asked the client for', () =>
    withClient(told, async ({ client, rpc, posted }) => {
      const started = new Promise<AbortSignal>((resolve) => {
        client.setRequestHandler(ListRootsRequestSchema, (_request, { signal }) => {
          resolve(signal)
          return new Promise(() => {})
        })
      })
      const controller = new AbortController()
      const call = refusal(rpc.invoke('roots/list', null, { signal: controller.signal, id: 'r' }))
      const signal = await started
      const aborted = new Promise((resolve) => signal.addEventListener('abort', resolve))
      controller.abort(new Error('enough'))
      expect(await call).toBe(controller.signal.reason)
      await aborted
      expect(signal.reason).toBe('enough')
      expect(posted.at(-1)).toEqual({
        jsonrpc: '2.0',
        method: 'notifications/cancelled',
        params: { requestId: 'r', reason: 'enough' },
      })
    }))
})

describe('our RPC with mcpDialect as a client of the SDK’s server', () => {
  test('cancels a tool call, which is not answered', () => {
    let start = (_signal: AbortSignal): void => {}
    const started = new Promise<AbortSignal>((resolve) => (start = resolve))
    const wait: ToolHandler = (_request, { signal }) => {
      start(signal)
      return new Promise((resolve) => signal.addEventListener('abort', () => resolve(say('too late'))))
    }
    return withServer(told, wait, async ({ rpc, received }) => {
      const controller = new AbortController()
      const call = refusal(rpc.invoke('tools/call', { name: 'wait' }, { signal: controller.signal }))
      const signal = await started
      const before = received.length
      controller.abort(new Error('enough'))
      expect(await call).toBe(controller.signal.reason)
      await rpc.invoke('ping')
      expect(signal.reason).toBe('enough')
      expect(received.slice(before)).toEqual([expect.objectContaining({ result: {} })])
    })
  })

  test('tells the reason of its deadline', () => {
    const wait: ToolHandler = (_request, { signal }) =>
      new Promise((resolve) => signal.addEventListener('abort', () => resolve(say('too late'))))
    return withServer(told, wait, async ({ rpc, posted }) => {
      const call = refusal(rpc.invoke('tools/call', { name: 'wait' }, { timeout: 20, id: 'w' }))
      expect(await call).toMatchObject({ code: -32300 })
      expect(posted.at(-1)).toEqual({
        jsonrpc: '2.0',
        method: 'notifications/cancelled',
        params: { requestId: 'w', reason: 'Request `tools/call` timed out after 20 ms' },
      })
    })
  })

  test('aborts the signal of a handler that the server cancels, and does not answer', () =>
    withServer(told, echo, async ({ rpc, server, posted }) => {
      const started = new Promise<AbortSignal>((resolve) => {
        rpc.registerMethod('roots/list', () => {
          const { signal } = callContext()
          resolve(signal)
          return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
        })
      })
      rpc.registerMethod('ping', () => ({}))
      // The SDK takes an id of 0, its first, for none: it could not be cancelled.
      await server.ping()
      const controller = new AbortController()
      const call = refusal(server.listRoots(undefined, { signal: controller.signal }))
      const signal = await started
      const before = posted.length
      controller.abort('enough')
      expect(await call).toBeInstanceOf(McpError)
      await server.ping()
      expect(signal.aborted).toBe(true)
      expect(posted.slice(before)).toEqual([expect.objectContaining({ result: {} })])
    }))
})
