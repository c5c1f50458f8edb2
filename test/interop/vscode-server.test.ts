/** vscode-jsonrpc 10 answers, our RPC calls, over a Node MessageChannel. */
import { describe, expect, test } from 'vitest'
import { type CancellationToken, RequestType2, ResponseError } from 'vscode-jsonrpc/node'
import { lspDialect, RPCError } from '../../src/index.ts'
import { createGate, refusal } from './outcome.ts'
import { withVscode } from './vscode.ts'
import { everyWay } from './ways.ts'

const REQUEST_CANCELLED = -32800

// A token that was cancelled before its handler started tells no listener.
const cancellationOf = (token: CancellationToken): Promise<void> =>
  new Promise((resolve) => {
    if (token.isCancellationRequested) resolve()
    else token.onCancellationRequested(() => resolve())
  })

/** Answers when the caller cancels, as a language server does. */
const untilCancelled = async (token: CancellationToken): Promise<never> => {
  await cancellationOf(token)
  throw new ResponseError(REQUEST_CANCELLED, 'given up')
}

describe.each(everyWay('lspDialect', lspDialect))('a vscode-jsonrpc server called with %s', (_, told) => {
  test('takes params by position', () =>
    withVscode(told, async ({ rpc, vscode }) => {
      vscode.onRequest(new RequestType2<number, number, number, void>('add'), (a, b) => a + b)
      expect(await rpc.invoke('add', [1, 2])).toBe(3)
    }))

  test('takes params by name', () =>
    withVscode(told, async ({ rpc, vscode }) => {
      vscode.onRequest('greet', ({ name }: { name: string }) => `hello ${name}`)
      expect(await rpc.invoke('greet', { name: 'Ada' })).toBe('hello Ada')
    }))

  test('is called without params', () =>
    withVscode(told, async ({ rpc, vscode }) => {
      vscode.onRequest('count', (...args: unknown[]) => args.length)
      // The one argument is its own cancellation token.
      expect(await rpc.invoke('count')).toBe(1)
    }))

  test('answers null for nothing', () =>
    withVscode(told, async ({ rpc, vscode }) => {
      vscode.onRequest('nothing', () => {})
      expect(await rpc.invoke('nothing')).toBeNull()
    }))

  test('passes values that only structured clone can carry', () =>
    withVscode(told, async ({ rpc, vscode }) => {
      vscode.onRequest('echo', (value: unknown) => value)
      const value = { at: new Date(0), big: 1n, map: new Map([['a', Number.NaN]]) }
      expect(await rpc.invoke('echo', [value])).toEqual(value)
    }))

  test('hears a notification by position, by name and without params', () =>
    withVscode(told, async ({ rpc, vscode }) => {
      const heard: unknown[][] = []
      const done = new Promise<void>((resolve) => vscode.onNotification('done', resolve))
      vscode.onNotification('log', (...args: unknown[]) => void heard.push(args))
      rpc.notify('log', ['a', 1])
      rpc.notify('log', { text: 'b' })
      rpc.notify('log')
      rpc.notify('done')
      await done
      expect(heard).toEqual([['a', 1], [{ text: 'b' }], []])
    }))

  test('hears notifications before the request that follows them', () =>
    withVscode(told, async ({ rpc, vscode }) => {
      const order: string[] = []
      vscode.onNotification('change', () => void order.push('change'))
      vscode.onRequest('hover', () => order.join())
      rpc.notify('change')
      rpc.notify('change')
      expect(await rpc.invoke('hover')).toBe('change,change')
    }))

  test('rejects the call with the code, message and data of its ResponseError', () =>
    withVscode(told, async ({ rpc, vscode }) => {
      vscode.onRequest('fail', () => new ResponseError(4711, 'no such file', { path: '/x' }))
      const error = await refusal(rpc.invoke('fail'))
      expect(error).toBeInstanceOf(RPCError)
      expect(error).toMatchObject({ code: 4711, message: 'no such file', data: { path: '/x' } })
    }))

  test('rejects the call without data where its ResponseError has none', () =>
    withVscode(told, async ({ rpc, vscode }) => {
      vscode.onRequest('fail', () => new ResponseError(4711, 'no such file'))
      expect(await refusal(rpc.invoke('fail'))).not.toHaveProperty('data')
    }))

  test('rejects the call with -32603 when its handler throws', () =>
    withVscode(told, async ({ rpc, vscode }) => {
      vscode.onRequest('throw', () => {
        throw new Error('oops')
      })
      const message = 'Request throw failed with message: oops'
      expect(await refusal(rpc.invoke('throw'))).toMatchObject({ code: -32603, message })
    }))

  test('rejects a call of an unknown method with -32601', () =>
    withVscode(told, async ({ rpc }) => {
      expect(await refusal(rpc.invoke('nobody'))).toMatchObject({ code: -32601 })
    }))

  test.each([0, 'a', '7', '9223372036854775807'])('answers a request whose id we chose: %j', (id) =>
    withVscode(told, async ({ rpc, vscode, received }) => {
      vscode.onRequest('echo', (value: unknown) => value)
      expect(await rpc.invoke('echo', ['x'], { id })).toBe('x')
      expect(received.at(-1)).toEqual({ jsonrpc: '2.0', id, result: 'x' })
    }),
  )

  test('runs 200 calls at once', () =>
    withVscode(told, async ({ rpc, vscode }) => {
      const gate = createGate(200)
      vscode.onRequest('double', async (value: number) => {
        await gate()
        return value * 2
      })
      const numbers = Array.from({ length: 200 }, (_entry, index) => index)
      const results = await Promise.all(numbers.map((value) => rpc.invoke('double', [value])))
      expect(results).toEqual(numbers.map((value) => value * 2))
    }))
})

describe('a call of a vscode-jsonrpc server with lspDialect', () => {
  const told = { dialect: lspDialect }

  test('rejects with the signal’s reason at once and cancels the token over there', () =>
    withVscode(told, async ({ rpc, vscode, received }) => {
      const controller = new AbortController()
      const started = new Promise<CancellationToken>((resolve) => {
        vscode.onRequest('wait', (token: CancellationToken) => {
          resolve(token)
          return untilCancelled(token)
        })
      })
      const call = refusal(rpc.invoke('wait', null, { signal: controller.signal }))
      const token = await started
      const reason = new Error('enough')
      controller.abort(reason)
      expect(await call).toBe(reason)
      expect(received).toEqual([])
      await cancellationOf(token)
      expect(token.isCancellationRequested).toBe(true)
    }))

  test('posts $/cancelRequest with the id of the call', () =>
    withVscode(told, async ({ rpc, vscode, posted }) => {
      vscode.onRequest('wait', untilCancelled)
      const controller = new AbortController()
      const call = refusal(rpc.invoke('wait', null, { signal: controller.signal, id: 'w' }))
      controller.abort()
      await call
      expect(posted).toEqual([
        { jsonrpc: '2.0', id: 'w', method: 'wait' },
        { jsonrpc: '2.0', method: '$/cancelRequest', params: { id: 'w' } },
      ])
    }))

  test('stays usable after the late answer -32800', () =>
    withVscode(told, async ({ rpc, vscode, received }) => {
      vscode.onRequest('wait', untilCancelled)
      vscode.onRequest('echo', (value: unknown) => value)
      const controller = new AbortController()
      const call = refusal(rpc.invoke('wait', null, { signal: controller.signal, id: 1 }))
      controller.abort()
      await call
      expect(await rpc.invoke('echo', ['still there'], { id: 2 })).toBe('still there')
      expect(received).toEqual([
        { jsonrpc: '2.0', id: 1, error: { code: REQUEST_CANCELLED, message: 'given up' } },
        { jsonrpc: '2.0', id: 2, result: 'still there' },
      ])
    }))

  test('cancels the token over there when it passes its deadline', () =>
    withVscode(told, async ({ rpc, vscode }) => {
      const cancelled = new Promise<void>((resolve) => {
        vscode.onRequest('wait', (token: CancellationToken) => {
          cancellationOf(token).then(resolve, resolve)
          return untilCancelled(token)
        })
      })
      expect(await refusal(rpc.invoke('wait', null, { timeout: 20 }))).toMatchObject({ code: -32300 })
      await cancelled
    }))

  test('is not cancelled over there when it was answered before the abort', () =>
    withVscode(told, async ({ rpc, vscode, posted }) => {
      vscode.onRequest('echo', (value: unknown) => value)
      const controller = new AbortController()
      await rpc.invoke('echo', ['x'], { signal: controller.signal })
      controller.abort()
      expect(posted).toHaveLength(1)
    }))

  test('rejects with -32800 when the server gives up by itself', () =>
    withVscode(told, async ({ rpc, vscode }) => {
      vscode.onRequest('wait', () => new ResponseError(REQUEST_CANCELLED, 'given up'))
      const answer = { code: REQUEST_CANCELLED, message: 'given up' }
      expect(await refusal(rpc.invoke('wait'))).toMatchObject(answer)
    }))
})

describe('a vscode-jsonrpc server that we were told nothing about', () => {
  test('is recognised as plain by its -32601 to our hello, in one round trip', () =>
    withVscode({}, async ({ rpc, posted, received }) => {
      await rpc.connect()
      expect(posted).toEqual([expect.objectContaining({ method: 'rpc.connect', id: expect.any(String) })])
      expect(received).toEqual([
        expect.objectContaining({ error: { code: -32601, message: 'Unhandled method rpc.connect' } }),
      ])
    }))

  test('is recognised as plain too when its catch-all handler answers our hello', () =>
    withVscode({}, async ({ rpc, vscode, posted, received }) => {
      vscode.onRequest((method) => `${method} what?`)
      await rpc.connect()
      expect(received).toEqual([expect.objectContaining({ result: 'rpc.connect what?' })])
      expect(await rpc.invoke('anything')).toBe('anything what?')
      expect(posted).toHaveLength(2)
    }))

  test('gets what waited for it in order', () =>
    withVscode({}, async ({ rpc, vscode, posted }) => {
      const order: number[] = []
      vscode.onNotification('first', () => void order.push(1))
      vscode.onRequest('second', () => void order.push(2))
      vscode.onNotification('third', () => void order.push(3))
      vscode.onRequest('fourth', () => void order.push(4))
      rpc.notify('first')
      const second = rpc.invoke('second')
      rpc.notify('third')
      const fourth = rpc.invoke('fourth')
      expect(posted).toHaveLength(1)
      await Promise.all([second, fourth])
      expect(order).toEqual([1, 2, 3, 4])
    }))

  test('is told nothing when a call is aborted', () =>
    withVscode({}, async ({ rpc, vscode, posted }) => {
      await rpc.connect()
      const controller = new AbortController()
      const started = new Promise<void>((resolve) => {
        vscode.onRequest('wait', () => {
          resolve()
          return new Promise(() => {})
        })
      })
      const call = refusal(rpc.invoke('wait', null, { signal: controller.signal }))
      await started
      controller.abort('enough')
      expect(await call).toBe('enough')
      expect(posted).toHaveLength(2)
    }))

  test('is told nothing when our side is destroyed', () =>
    withVscode({}, async ({ rpc, posted }) => {
      await rpc.connect()
      rpc.destroy()
      expect(posted).toHaveLength(1)
    }))
})

describe('calls that a vscode-jsonrpc server never answers', () => {
  test('reject when its port closes', () =>
    withVscode({ dialect: lspDialect }, async ({ rpc, vscode, closePeer }) => {
      const started = new Promise<void>((resolve) => {
        vscode.onRequest('wait', () => {
          resolve()
          return new Promise(() => {})
        })
      })
      const call = refusal(rpc.invoke('wait'))
      await started
      closePeer()
      expect(await call).toMatchObject({ code: -32050 })
    }))
})
