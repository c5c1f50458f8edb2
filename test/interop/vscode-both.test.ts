/** vscode-jsonrpc 10 and our RPC call each other at once, over a Node MessageChannel. */
import { describe, expect, test } from 'vitest'
import { ProgressType } from 'vscode-jsonrpc/node'
import { lspDialect } from '../../src/index.ts'
import { isHello, kindOf } from './frames.ts'
import { createGate } from './outcome.ts'
import { withVscode } from './vscode.ts'
import { everyWay } from './ways.ts'

const idsIn = (frames: readonly unknown[]): unknown[] =>
  frames
    .filter((frame) => kindOf(frame) === 'request' && !isHello(frame))
    .map((frame) => Reflect.get(Object(frame), 'id'))

describe.each(everyWay('lspDialect', lspDialect))('with %s both directions at once', (_, told) => {
  test('use the same ids, each for calls of its own', () =>
    withVscode(told, async ({ rpc, vscode, posted, received }) => {
      const gate = createGate(6)
      const answer = (side: string) => async (value: string) => {
        await gate()
        return `${side} got ${value}`
      }
      vscode.onRequest('call', answer('vscode'))
      rpc.registerMethod('call', answer('portcall'))
      const ids = [0, 1, 2]
      const [ours, theirs] = await Promise.all([
        Promise.all(ids.map((id) => rpc.invoke('call', [`ours ${id}`], { id }))),
        Promise.all(ids.map((id) => vscode.sendRequest('call', `theirs ${id}`))),
      ])
      expect(ours).toEqual(ids.map((id) => `vscode got ours ${id}`))
      expect(theirs).toEqual(ids.map((id) => `portcall got theirs ${id}`))
      expect([idsIn(posted), idsIn(received)]).toEqual([ids, ids])
    }))

  test('run 200 calls each way', () =>
    withVscode(told, async ({ rpc, vscode, posted, received }) => {
      const gate = createGate(400)
      const answer = (factor: number) => async (value: number) => {
        await gate()
        return value * factor
      }
      vscode.onRequest('multiply', answer(2))
      rpc.registerMethod('multiply', answer(3))
      const numbers = Array.from({ length: 200 }, (_entry, index) => index)
      const [ours, theirs] = await Promise.all([
        Promise.all(numbers.map((value) => rpc.invoke('multiply', [value]))),
        Promise.all(numbers.map((value) => vscode.sendRequest('multiply', value))),
      ])
      expect(ours).toEqual(numbers.map((value) => value * 2))
      expect(theirs).toEqual(numbers.map((value) => value * 3))
      const theirIds = idsIn(received)
      // They count from 0, we from 1.
      expect(idsIn(posted).filter((id) => theirIds.includes(id))).toHaveLength(199)
    }))

  test('call back into each other while a call is running', () =>
    withVscode(told, async ({ rpc, vscode }) => {
      const countdown = (call: (next: number) => Promise<string>) => async (left: number) =>
        left === 0 ? 'end' : `${left} ${await call(left - 1)}`
      vscode.onRequest(
        'down',
        countdown((next) => vscode.sendRequest('down', next)),
      )
      rpc.registerMethod(
        'down',
        countdown((next) => rpc.invoke('down', [next])),
      )
      expect(await rpc.invoke('down', [5])).toBe('5 4 3 2 1 end')
    }))

  test('report progress under the token of the call that it is about', () =>
    withVscode(told, async ({ rpc, vscode }) => {
      const type = new ProgressType<number>()
      const heard: unknown[] = []
      vscode.onProgress(type, 'ours', (value) => void heard.push(value))
      rpc.registerMethod('$/progress', (params: unknown) => void heard.push(params))
      vscode.onRequest('work', () => vscode.sendProgress(type, 'theirs', 2))
      rpc.notify('$/progress', { token: 'ours', value: 1 })
      await rpc.invoke('work')
      expect(heard).toEqual([1, { token: 'theirs', value: 2 }])
    }))

  test('leave every kind of frame with nothing but its JSON-RPC members', () =>
    withVscode(told, async ({ rpc, vscode, posted }) => {
      vscode.onRequest('echo', (...args: unknown[]) => args.length)
      vscode.onNotification('log', () => {})
      rpc.registerMethod('nothing', () => {})
      rpc.registerMethod('fail', () => Promise.reject(Object.assign(new Error('no'), { code: 7, data: 'd' })))
      rpc.registerMethod('throw', () => Promise.reject(new TypeError('no')))
      await rpc.invoke('echo', null, { id: 'a' })
      await rpc.invoke('echo', ['x'], { id: 'b' })
      await rpc.invoke('echo', { x: 1 }, { id: 'c' })
      rpc.notify('log')
      rpc.notify('log', ['x'])
      await vscode.sendRequest('nothing')
      await Promise.allSettled([vscode.sendRequest('fail'), vscode.sendRequest('throw')])
      await Promise.allSettled([vscode.sendRequest('nobody')])
      // toStrictEqual also tells an own undefined from an absent member.
      expect(posted.filter((frame) => !isHello(frame))).toStrictEqual([
        { jsonrpc: '2.0', id: 'a', method: 'echo' },
        { jsonrpc: '2.0', id: 'b', method: 'echo', params: ['x'] },
        { jsonrpc: '2.0', id: 'c', method: 'echo', params: { x: 1 } },
        { jsonrpc: '2.0', method: 'log' },
        { jsonrpc: '2.0', method: 'log', params: ['x'] },
        { jsonrpc: '2.0', id: 0, result: null },
        { jsonrpc: '2.0', id: 1, error: { code: 7, message: 'no', data: 'd' } },
        { jsonrpc: '2.0', id: 2, error: { code: -32603, message: 'no' } },
        { jsonrpc: '2.0', id: 3, error: { code: -32601, message: 'Method not found: nobody' } },
      ])
    }))
})
