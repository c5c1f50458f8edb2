/** What the listeners of an RPCMessageEvent are told; run in Node and in browsers. */
import { describe, expect, test } from 'vitest'
import { ErrorCode } from '../../src/index.ts'
import { open } from './ends.ts'

export function listening(where: string): void {
  describe(`listeners of RPCMessageEvent in ${where}`, () => {
    test('several listeners of one event are called in the order in which they were added', async () => {
      const { here, there, arrived } = open()
      const log: unknown[] = []
      for (const name of ['first', 'second', 'third']) there.on('x', (n: number) => log.push([name, n]))
      here.emit('x', 1)
      await arrived()
      expect(log).toEqual([
        ['first', 1],
        ['second', 1],
        ['third', 1],
      ])
    })

    test('a listener that throws does not stop the others, and onerror is told of each', async () => {
      const { here, there, errors, arrived } = open()
      const log: string[] = []
      const failure = new Error('the first listener failed')
      there.on('x', () => {
        throw failure
      })
      there.on('x', () => log.push('second'))
      there.on('x', () => {
        // oxlint-disable-next-line typescript/only-throw-error -- the point
        throw 'text'
      })
      there.on('x', () => log.push('fourth'))
      here.emit('x')
      await arrived()
      expect(log).toEqual(['second', 'fourth'])
      expect(errors).toMatchObject([
        { name: 'RPCError', code: ErrorCode.APPLICATION_ERROR, message: failure.message, cause: failure },
        { name: 'RPCError', code: ErrorCode.APPLICATION_ERROR, message: 'text', cause: 'text' },
      ])
    })

    test('off(event, fn) stops that listener and no other', async () => {
      const { here, there, arrived } = open()
      const log: string[] = []
      const first = (): unknown => log.push('first')
      there.on('x', first)
      there.on('x', () => log.push('second'))
      there.on('y', first)
      there.off('x', first)
      here.emit('x')
      here.emit('y')
      await arrived()
      expect(log).toEqual(['second', 'first'])
    })

    test('off(event) stops all listeners of that event, and of no other', async () => {
      const { here, there, arrived } = open()
      const log: string[] = []
      there.on('x', () => log.push('x'))
      there.on('x', () => log.push('x again'))
      there.on('y', () => log.push('y'))
      there.off('x')
      here.emit('x')
      here.emit('y')
      await arrived()
      expect(log).toEqual(['y'])
    })

    test('off of what was never added does nothing', async () => {
      const { here, there, arrived } = open()
      const log: string[] = []
      there.on('x', () => log.push('x'))
      there.off('x', () => {})
      there.off('never')
      there.off('toString', () => {})
      here.emit('x')
      await arrived()
      expect(log).toEqual(['x'])
    })

    test('a listener that takes itself off does not make the next one miss the event', async () => {
      const { here, there, arrived } = open()
      const log: string[] = []
      const once = (): void => {
        there.off('x', once)
        log.push('once')
      }
      there.on('x', once)
      there.on('x', () => log.push('always'))
      here.emit('x')
      here.emit('x')
      await arrived()
      expect(log).toEqual(['once', 'always', 'always'])
    })

    test('an event that nobody listens to is told to onerror as METHOD_NOT_FOUND, with the message', async () => {
      const { here, there, errors, arrived } = open()
      there.on('x', () => {})
      there.off('x')
      here.emit('x', 1)
      here.emit('toString')
      await arrived()
      expect(errors).toMatchObject([
        { code: ErrorCode.METHOD_NOT_FOUND, data: { jsonrpc: '2.0', method: 'x', params: [1] } },
        { code: ErrorCode.METHOD_NOT_FOUND, data: { method: 'toString' } },
      ])
      expect(errors[0]?.message).toContain('x')
    })

    test('an onerror that throws harms nobody', async () => {
      const { here, there, arrived } = open()
      const log: string[] = []
      there.onerror = () => {
        log.push('told')
        throw new Error('onerror failed')
      }
      there.on('x', () => {
        throw new Error('the listener failed')
      })
      there.on('x', () => log.push('x'))
      here.emit('x')
      here.emit('nobody')
      here.emit('x')
      await arrived()
      expect(log).toEqual(['told', 'x', 'told', 'told', 'x'])
    })

    test('without onerror what fails is silent, and the next event is heard', async () => {
      const { here, there, arrived } = open()
      const log: string[] = []
      there.onerror = null
      there.on('x', () => {
        throw new Error('the listener failed')
      })
      there.on('y', () => log.push('y'))
      for (const name of ['x', 'nobody', 'y']) here.emit(name)
      await arrived()
      expect(log).toEqual(['y'])
    })

    test('an event is one JSON-RPC notification, and nothing else is ever posted', async () => {
      const { here, wire, arrived } = open()
      here.emit('ready')
      here.emit('Main.max', 1, [2])
      here.emit('one', undefined)
      here.destroy()
      await arrived()
      expect(wire).toStrictEqual([
        { jsonrpc: '2.0', method: 'ready' },
        { jsonrpc: '2.0', method: 'Main.max', params: [1, [2]] },
        { jsonrpc: '2.0', method: 'one', params: [undefined] },
      ])
    })

    test('S22: emit refuses names that begin with rpc., and posts nothing', async () => {
      const { here, wire, arrived } = open()
      expect(() => here.emit('rpc.close')).toThrow(TypeError)
      expect(() => here.emit('rpc.')).toThrow(/`rpc\.`/)
      await arrived()
      expect(wire).toEqual([])
    })

    test('messages that are no events of ours are ignored without a word', async () => {
      const { there, port1, errors, arrived } = open()
      const log: unknown[] = []
      for (const name of ['x', 'undefined', 'rpc.close', 'rpc.connect'])
        there.on(name, (...args: unknown[]) => log.push([name, ...args]))
      const foreign: unknown[] = [
        null,
        undefined,
        'x',
        7,
        true,
        [],
        {},
        { event: 'x', args: [1] },
        { method: 'x' },
        { jsonrpc: '1.0', method: 'x' },
        { jsonrpc: '2.0', method: 1 },
        { jsonrpc: '2.0', id: 1, result: 'x' },
        { jsonrpc: '2.0', id: 1, method: 'x', params: [] },
        { jsonrpc: '2.0', id: null, method: 'x' },
        { jsonrpc: '2.0', id: 0, method: 'x' },
        { jsonrpc: '2.0', method: 'rpc.close' },
        { jsonrpc: '2.0', method: 'rpc.connect', params: { session: 'x' } },
      ]
      for (const message of foreign) port1.postMessage(message)
      await arrived()
      expect({ log, errors }).toEqual({ log: [], errors: [] })
    })

    test('params by name are one argument', async () => {
      const { there, port1, arrived } = open()
      const log: unknown[] = []
      there.on('x', (...args: unknown[]) => log.push(args))
      port1.postMessage({ jsonrpc: '2.0', method: 'x', params: { a: 1 } })
      await arrived()
      expect(log).toEqual([[{ a: 1 }]])
    })
  })
}
