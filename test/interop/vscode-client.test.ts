/** vscode-jsonrpc 10 calls, our RPC answers, over a Node MessageChannel. */
import { describe, expect, test } from 'vitest'
import {
  CancellationTokenSource,
  ParameterStructures,
  RequestType2,
  ResponseError,
} from 'vscode-jsonrpc/node'
import { callContext, lspDialect, RPCError } from '../../src/index.ts'
import { isHello, kindOf } from './frames.ts'
import { createGate, refusal } from './outcome.ts'
import { withVscode } from './vscode.ts'
import { everyWay } from './ways.ts'

describe.each(everyWay('lspDialect', lspDialect))(
  'our server with %s, called by vscode-jsonrpc',
  (_, told) => {
    test('takes params by position', () =>
      withVscode(told, async ({ rpc, vscode }) => {
        rpc.registerMethod('add', (a: number, b: number) => a + b)
        expect(await vscode.sendRequest('add', 1, 2)).toBe(3)
      }))

    test('takes params of a typed request', () =>
      withVscode(told, async ({ rpc, vscode }) => {
        rpc.registerMethod('add', (a: number, b: number) => a + b)
        expect(await vscode.sendRequest(new RequestType2<number, number, number, void>('add'), 1, 2)).toBe(3)
      }))

    test('takes params by name', () =>
      withVscode(told, async ({ rpc, vscode }) => {
        rpc.registerMethod('greet', ({ name }: { name: string }) => `hello ${name}`)
        expect(await vscode.sendRequest('greet', ParameterStructures.byName, { name: 'Ada' })).toBe(
          'hello Ada',
        )
      }))

    test('takes a request whose params are an own undefined as one without params', () =>
      withVscode(told, async ({ rpc, vscode, received }) => {
        rpc.registerMethod('count', (...args: unknown[]) => args.length)
        expect(await vscode.sendRequest('count')).toBe(0)
        const request = received.find((frame) => kindOf(frame) === 'request')
        expect(request).toStrictEqual({ jsonrpc: '2.0', id: 0, method: 'count', params: undefined })
      }))

    test('answers null for nothing', () =>
      withVscode(told, async ({ rpc, vscode }) => {
        rpc.registerMethod('nothing', () => {})
        expect(await vscode.sendRequest('nothing')).toBeNull()
      }))

    test('answers falsy results as they are', () =>
      withVscode(told, async ({ rpc, vscode }) => {
        rpc.registerMethod('echo', (value: unknown) => value)
        const values = [0, '', false, null]
        expect(await Promise.all(values.map((value) => vscode.sendRequest('echo', value)))).toEqual(values)
      }))

    test('hears a notification by position, by name and without params', () =>
      withVscode(told, async ({ rpc, vscode }) => {
        const heard: unknown[][] = []
        rpc.registerMethod('log', (...args: unknown[]) => void heard.push(args))
        rpc.registerMethod('heard', () => heard)
        await vscode.sendNotification('log', 'a', 1)
        await vscode.sendNotification('log', { text: 'b' })
        await vscode.sendNotification('log')
        expect(await vscode.sendRequest('heard')).toEqual([['a', 1], [{ text: 'b' }], []])
      }))

    test('answers no notification, not even of an unknown method', () =>
      withVscode(told, async ({ rpc, vscode, posted }) => {
        rpc.registerMethod('echo', (value: unknown) => value)
        await vscode.sendNotification('nobody', 1)
        await vscode.sendNotification('echo', 1)
        await vscode.sendRequest('echo', 1)
        expect(posted.filter((frame) => !isHello(frame))).toEqual([{ jsonrpc: '2.0', id: 0, result: 1 }])
      }))

    test('answers with the code, message and data of an RPCError', () =>
      withVscode(told, async ({ rpc, vscode }) => {
        rpc.registerMethod('fail', () => {
          throw new RPCError(4711, 'no such file', { data: { path: '/x' } })
        })
        const error = await refusal(vscode.sendRequest('fail'))
        expect(error).toBeInstanceOf(ResponseError)
        expect(error).toMatchObject({ code: 4711, message: 'no such file', data: { path: '/x' } })
      }))

    test('answers -32603 and the message of anything else thrown', () =>
      withVscode(told, async ({ rpc, vscode }) => {
        rpc.registerMethod('fail', () => Promise.reject(new Error('oops')))
        expect(await refusal(vscode.sendRequest('fail'))).toMatchObject({ code: -32603, message: 'oops' })
      }))

    test('answers an unknown method with -32601', () =>
      withVscode(told, async ({ vscode }) => {
        expect(await refusal(vscode.sendRequest('nobody'))).toMatchObject({ code: -32601 })
      }))

    test('runs 200 calls at once', () =>
      withVscode(told, async ({ rpc, vscode }) => {
        const gate = createGate(200)
        rpc.registerMethod('double', async (value: number) => {
          await gate()
          return value * 2
        })
        const numbers = Array.from({ length: 200 }, (_entry, index) => index)
        const results = await Promise.all(numbers.map((value) => vscode.sendRequest('double', value)))
        expect(results).toEqual(numbers.map((value) => value * 2))
      }))

    test('sends it notifications by position, by name and without params', () =>
      withVscode(told, async ({ rpc, vscode }) => {
        const heard: unknown[][] = []
        vscode.onNotification('log', (...args: unknown[]) => void heard.push(args))
        const done = new Promise<void>((resolve) => vscode.onNotification('done', resolve))
        rpc.registerMethod('speak', () => {
          rpc.notify('log', ['a', 1])
          rpc.notify('log', { text: 'b' })
          rpc.notify('log')
          rpc.notify('done')
        })
        await vscode.sendRequest('speak')
        await done
        expect(heard).toEqual([['a', 1], [{ text: 'b' }], []])
      }))
  },
)

describe('our server with lspDialect, cancelled by vscode-jsonrpc', () => {
  const told = { dialect: lspDialect }

  test('aborts the signal of the running handler and answers -32800', () =>
    withVscode(told, async ({ rpc, vscode, posted }) => {
      const started = new Promise<AbortSignal>((resolve) => {
        rpc.registerMethod('wait', () => {
          const { signal } = callContext()
          resolve(signal)
          return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
        })
      })
      const source = new CancellationTokenSource()
      const call = refusal(vscode.sendRequest('wait', source.token))
      const signal = await started
      expect(signal.aborted).toBe(false)
      source.cancel()
      const error = await call
      expect(error).toBeInstanceOf(ResponseError)
      expect(error).toMatchObject({ code: -32800 })
      expect(signal.aborted).toBe(true)
      expect(posted).toHaveLength(1)
    }))

  test('answers -32800 whatever the cancelled handler throws', () =>
    withVscode(told, async ({ rpc, vscode }) => {
      const started = new Promise<void>((resolve) => {
        rpc.registerMethod('wait', () => {
          const { signal } = callContext()
          resolve()
          return new Promise((_, reject) =>
            signal.addEventListener('abort', () => reject(new RPCError(4711, 'interrupted'))),
          )
        })
      })
      const source = new CancellationTokenSource()
      const call = refusal(vscode.sendRequest('wait', source.token))
      await started
      source.cancel()
      expect(await call).toMatchObject({ code: -32800, message: 'interrupted' })
    }))

  test('answers the result of a handler that finishes all the same', () =>
    withVscode(told, async ({ rpc, vscode }) => {
      const started = new Promise<void>((resolve) => {
        rpc.registerMethod('wait', () => {
          const { signal } = callContext()
          resolve()
          return new Promise((finish) => signal.addEventListener('abort', () => finish('partial')))
        })
      })
      const source = new CancellationTokenSource()
      const call = vscode.sendRequest('wait', source.token)
      await started
      source.cancel()
      expect(await call).toBe('partial')
    }))

  test('aborts only the call that was cancelled', () =>
    withVscode(told, async ({ rpc, vscode }) => {
      const gate = createGate(2)
      rpc.registerMethod('wait', async (name: string) => {
        const { signal } = callContext()
        const aborted = new Promise((resolve) => signal.addEventListener('abort', resolve))
        await gate()
        if (name === 'first') await aborted
        return `${name} ${signal.aborted}`
      })
      const source = new CancellationTokenSource()
      const calls = [vscode.sendRequest('wait', 'first', source.token), vscode.sendRequest('wait', 'second')]
      expect(await calls[1]).toBe('second false')
      source.cancel()
      expect(await calls[0]).toBe('first true')
    }))

  test('ignores the cancellation of a call that it has answered', () =>
    withVscode(told, async ({ rpc, vscode, posted }) => {
      rpc.registerMethod('echo', (value: unknown) => value)
      await vscode.sendRequest('echo', 1)
      await vscode.sendNotification('$/cancelRequest', { id: 0 })
      await vscode.sendNotification('$/cancelRequest', { id: 'unknown' })
      await vscode.sendRequest('echo', 2)
      expect(posted).toEqual([
        { jsonrpc: '2.0', id: 0, result: 1 },
        { jsonrpc: '2.0', id: 1, result: 2 },
      ])
    }))

  test('aborts a handler by the same id as a call of ours without touching that call', () =>
    withVscode(told, async ({ rpc, vscode }) => {
      let finish = (_value: string): void => {}
      vscode.onRequest('ours', () => new Promise<string>((resolve) => (finish = resolve)))
      const started = new Promise<void>((resolve) => {
        rpc.registerMethod('theirs', () => {
          const { signal } = callContext()
          resolve()
          return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
        })
      })
      const ours = rpc.invoke('ours', null, { id: 0 })
      const source = new CancellationTokenSource()
      const theirs = refusal(vscode.sendRequest('theirs', source.token))
      await started
      source.cancel()
      expect(await theirs).toMatchObject({ code: -32800 })
      finish('untouched')
      expect(await ours).toBe('untouched')
    }))
})

describe('our server that was told nothing about vscode-jsonrpc', () => {
  test('takes its first request as a sign that it is plain', () =>
    withVscode({}, async ({ rpc, vscode, received }) => {
      rpc.registerMethod('echo', (value: unknown) => value)
      const states: string[] = []
      rpc.onPeer((state) => states.push(`${state} after ${received.length}`))
      expect(await vscode.sendRequest('echo', 'x')).toBe('x')
      expect(states).toEqual(['waiting after 0', 'connected after 1'])
      expect(received[0]).toMatchObject({ method: 'echo' })
    }))

  test('runs a handler to its end when it is cancelled by a dialect that it does not know', () =>
    withVscode({}, async ({ rpc, vscode }) => {
      let finish = (_value: string): void => {}
      let aborted: boolean | undefined
      const started = new Promise<void>((resolve) => {
        rpc.registerMethod('wait', () => {
          const { signal } = callContext()
          resolve()
          return new Promise<string>((answer) => (finish = answer)).finally(() => (aborted = signal.aborted))
        })
      })
      rpc.registerMethod('echo', (value: unknown) => value)
      const source = new CancellationTokenSource()
      const call = vscode.sendRequest('wait', source.token)
      await started
      source.cancel()
      await vscode.sendRequest('echo', 'after the cancellation')
      finish('done')
      expect(await call).toBe('done')
      expect(aborted).toBe(false)
    }))
})
