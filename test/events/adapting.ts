/** What `config` and the adapters of an RPCMessageEvent do, and its end; run in Node and in browsers. */
import { describe, expect, onTestFinished, test } from 'vitest'
import { ErrorCode, type MessageLike, RPCMessageEvent } from '../../src/index.ts'
import { within } from '../contract/fixture.ts'
import { open } from './ends.ts'

/** `inBrowser`: the host makes events. */
export function adapting(where: string, inBrowser: boolean): void {
  describe(`adapters and config of RPCMessageEvent in ${where}`, () => {
    test('sendAdapter wraps what is posted, receiveAdapter unwraps it', async () => {
      const target: unknown[] = []
      const { here, there, port1, wire, arrived } = open(
        {
          sendAdapter: (data, to) => {
            target.push(to)
            return { data: { pluginMessage: data } }
          },
        },
        { receiveAdapter: ({ data }) => (Object(data) as { pluginMessage?: unknown }).pluginMessage },
      )
      const log: unknown[] = []
      there.on('x', (...args: unknown[]) => log.push(args))
      here.emit('x', 1)
      await arrived()
      expect(log).toEqual([[1]])
      expect(wire).toEqual([{ pluginMessage: { jsonrpc: '2.0', method: 'x', params: [1] } }])
      expect(target).toEqual([port1])
    })

    test('a message without the wrapping reaches no listener', async () => {
      const { here, there, errors, arrived } = open(
        {},
        { receiveAdapter: ({ data }) => (Object(data) as { pluginMessage?: unknown }).pluginMessage },
      )
      const log: unknown[] = []
      there.on('x', () => log.push('x'))
      here.emit('x')
      await arrived()
      expect({ log, errors }).toEqual({ log: [], errors: [] })
    })

    test('sendAdapter adds objects that are moved instead of copied', async () => {
      const { here, there, arrived } = open({
        sendAdapter: (data) => ({ data, transfer: (data as { params: ArrayBuffer[] }).params }),
      })
      const sizes: number[] = []
      there.on('x', (buffer: ArrayBuffer) => sizes.push(buffer.byteLength))
      const buffer = new ArrayBuffer(10)
      here.emit('x', buffer)
      await arrived()
      expect([buffer.byteLength, sizes]).toEqual([0, [10]])
    })

    test('`config` gives `transfer` as an object, and as a function of what is posted and of the target', async () => {
      const buffers = [new ArrayBuffer(10), new ArrayBuffer(20), new ArrayBuffer(30)] as const
      const { here, there, port1, arrived } = open({ config: { transfer: [buffers[0]] } })
      const sizes: number[] = []
      there.on('x', (buffer: ArrayBuffer) => sizes.push(buffer.byteLength))
      here.emit('x', buffers[0])
      const seen: unknown[] = []
      here.config = (data, target) => {
        seen.push(data, target)
        return { transfer: [buffers[1]] }
      }
      here.emit('x', buffers[1])
      here.config = () => undefined
      here.emit('x', buffers[2])
      await arrived()
      expect(buffers.map(({ byteLength }) => byteLength)).toEqual([0, 0, 30])
      expect(sizes).toEqual([10, 20, 30])
      expect(seen).toMatchObject([{ jsonrpc: '2.0', method: 'x' }, {}])
      expect(seen[1]).toBe(port1)
    })

    test('`config` as a function sees what sendAdapter made, and both may name what is moved', async () => {
      const moved = [new ArrayBuffer(10), new ArrayBuffer(20)] as const
      const seen: unknown[] = []
      const { here, there, arrived } = open(
        {
          sendAdapter: (data) => ({ data: { wrapped: data }, transfer: [moved[0]] }),
          config: (data) => {
            seen.push(data)
            return { transfer: [moved[1]] }
          },
        },
        { receiveAdapter: ({ data }) => (Object(data) as { wrapped?: unknown }).wrapped },
      )
      const sizes: number[] = []
      there.on('x', (...all: ArrayBuffer[]) => sizes.push(...all.map(({ byteLength }) => byteLength)))
      here.emit('x', ...moved)
      await arrived()
      expect(sizes).toEqual([10, 20])
      expect(moved.map(({ byteLength }) => byteLength)).toEqual([0, 0])
      expect(seen).toMatchObject([{ wrapped: { method: 'x' } }])
    })

    test('receiveAdapter refuses a message by returning null, and sees the event that brought it', async () => {
      const seen: MessageLike[] = []
      const { here, there, errors, arrived } = open(
        {},
        {
          receiveAdapter: (event) => {
            seen.push(event)
            return (Object(event.data) as { method?: unknown }).method === 'refused' ? null : event.data
          },
        },
      )
      const log: string[] = []
      there.on('refused', () => log.push('refused'))
      there.on('x', () => log.push('x'))
      here.emit('refused')
      here.emit('x')
      await arrived()
      expect({ log, errors }).toEqual({ log: ['x'], errors: [] })
      expect(seen[0]?.data).toEqual({ jsonrpc: '2.0', method: 'refused' })
      expect(seen[0] instanceof MessageEvent).toBe(inBrowser)
    })

    test('a receiveAdapter that throws is told to onerror, and the next message is heard', async () => {
      const failure = new Error('the adapter failed')
      let calls = 0
      const { here, there, errors, arrived } = open(
        {},
        {
          receiveAdapter: ({ data }) => {
            if (!calls++) throw failure
            return data
          },
        },
      )
      const log: string[] = []
      there.on('x', () => log.push('x'))
      here.emit('x')
      here.emit('x')
      await arrived()
      expect(log).toEqual(['x'])
      expect(errors).toMatchObject([{ code: ErrorCode.APPLICATION_ERROR, cause: failure }])
    })
  })
}

export function leaving(where: string): void {
  describe(`the end of an RPCMessageEvent in ${where}`, () => {
    test('nothing is heard after destroy, and a second destroy does nothing', async () => {
      const { here, there, errors, arrived } = open()
      const log: string[] = []
      there.on('x', () => log.push('x'))
      here.emit('x')
      await arrived()
      there.destroy()
      there.destroy()
      here.emit('x')
      await arrived()
      expect({ log, errors }).toEqual({ log: ['x'], errors: [] })
    })

    test('another RPCMessageEvent on the same port goes on when one is destroyed', async () => {
      const { here, there, port2, arrived } = open()
      const second = new RPCMessageEvent({ currentEndpoint: port2, targetEndpoint: port2 })
      onTestFinished(() => second.destroy())
      const log: string[] = []
      there.on('x', () => log.push('first'))
      second.on('x', () => log.push('second'))
      here.emit('x')
      await arrived()
      there.destroy()
      here.emit('x')
      await arrived()
      expect(log).toEqual(['first', 'second', 'second'])
    })

    test('what waited in a port before it was listened to is heard', async () => {
      const { port1, port2 } = new MessageChannel()
      port1.postMessage({ jsonrpc: '2.0', method: 'early', params: [1] })
      const event = new RPCMessageEvent({ currentEndpoint: port2, targetEndpoint: port2 })
      onTestFinished(() => {
        event.destroy()
        port1.close()
      })
      const heard = new Promise((resolve) => event.on('early', resolve))
      expect(await within(45_000, heard)).toBe(1)
    })

    test('an endpoint that cannot post, or is none, is refused with what to pass', () => {
      const { port1, port2 } = new MessageChannel()
      onTestFinished(() => port1.close())
      const wrong = [null, undefined, {}, 7, 'window'] as unknown as MessagePort[]
      for (const targetEndpoint of wrong)
        expect(() => new RPCMessageEvent({ currentEndpoint: port2, targetEndpoint })).toThrow(
          /currentEndpoint, targetEndpoint/,
        )
    })

    test('an endpoint that cannot listen, or is none, is refused with what to pass', () => {
      const { port1, port2 } = new MessageChannel()
      onTestFinished(() => port1.close())
      const wrong = [null, undefined, {}, { postMessage() {} }, 7] as unknown as MessagePort[]
      for (const currentEndpoint of wrong)
        expect(() => new RPCMessageEvent({ currentEndpoint, targetEndpoint: port2 })).toThrow(
          /currentEndpoint, targetEndpoint/,
        )
    })
  })
}
