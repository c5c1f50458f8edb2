/** When a connection is tried again: with sockets made by hand, as no real one tells how long is waited. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { websocketTransport } from '../../../src/adapters/websocket/websocket.ts'
import { type Diagnostic, RPC } from '../../../src/index.ts'
import { keepIn } from '../../late.ts'

class FakeSocket extends EventTarget {
  readyState = 0
  readonly bufferedAmount = 0
  readonly sent: string[] = []
  send(text: string): void {
    this.sent.push(text)
  }
  close(): void {
    this.readyState = 2
  }
  open(): void {
    this.readyState = 1
    this.dispatchEvent(new Event('open'))
  }
  lose(): void {
    this.readyState = 3
    this.dispatchEvent(Object.assign(new Event('close'), { code: 1006, reason: '' }))
  }
  say(message: object): void {
    this.dispatchEvent(new MessageEvent('message', { data: JSON.stringify(message) }))
  }
}

interface Rig {
  readonly rpc: RPC
  readonly sockets: FakeSocket[]
  readonly diagnostics: Diagnostic[]
  /** Lose the newest socket, and let time go by until there is another. @returns how long that took. */
  readonly again: () => number
}

function rig(reconnect: { initial?: number; max?: number } = {}): Rig {
  const sockets: FakeSocket[] = []
  const diagnostics: Diagnostic[] = []
  const transport = websocketTransport(
    () => {
      const socket = new FakeSocket()
      sockets.push(socket)
      return socket
    },
    { reconnect },
  )
  const rpc = new RPC({ transport, connectTimeout: 0, onDiagnostic: keepIn(diagnostics) })
  return {
    rpc,
    sockets,
    diagnostics,
    again: () => {
      const began = Date.now()
      sockets.at(-1)?.lose()
      vi.advanceTimersToNextTimer()
      return Date.now() - began
    },
  }
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

const notice = { jsonrpc: '2.0', method: 'x' }

/** What is drawn at random, as a part of the most. */
const chance = (part: number): void =>
  void vi
    .spyOn(crypto, 'getRandomValues')
    .mockImplementation((array) => (array as unknown as Uint8Array).fill(Math.round(part * 255)) as never)

test('twice as long after each failure, at most `max`', () => {
  chance(1)
  const { again, rpc, sockets } = rig({ initial: 100, max: 500 })
  expect(Array.from({ length: 5 }, again)).toEqual([100, 200, 400, 500, 500])
  expect(sockets).toHaveLength(6)
  rpc.destroy()
})

test('by default from 500 ms to 30 s, and up to half of it less at random', () => {
  const { again, rpc } = rig()
  chance(0)
  expect(again()).toBe(250)
  chance(1)
  expect(Array.from({ length: 8 }, again)).toEqual([
    1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000,
  ])
  chance(0.2)
  expect(again()).toBe(18_000)
  rpc.destroy()
})

test('from the beginning once the other side was heard, not when it only accepts', () => {
  chance(1)
  const { again, rpc, sockets } = rig({ initial: 100, max: 500 })
  expect([again(), again()]).toEqual([100, 200])
  sockets.at(-1)?.open()
  expect(again()).toBe(400)
  sockets.at(-1)?.open()
  sockets.at(-1)?.say(notice)
  expect([again(), again()]).toEqual([100, 200])
  rpc.destroy()
})

test('not any more after destroy, also of who is told that it is lost', () => {
  const waiting = rig()
  waiting.sockets[0]?.lose()
  expect(vi.getTimerCount()).toBe(1)
  waiting.rpc.destroy()
  expect(vi.getTimerCount()).toBe(0)
  const { rpc, sockets } = rig()
  sockets[0]?.open()
  sockets[0]?.say(notice)
  rpc.onPeer((state) => {
    if (state === 'gone') rpc.destroy()
  })
  sockets[0]?.lose()
  expect(vi.getTimerCount()).toBe(0)
  expect(sockets).toHaveLength(1)
})

test('nothing is sent to a socket that is not open', () => {
  const { rpc, sockets } = rig()
  rpc.destroy()
  expect(sockets[0]).toMatchObject({ sent: [], readyState: 2 })
  const next = rig()
  next.sockets[0]?.open()
  next.sockets[0]?.say(notice)
  const socket = next.sockets[0]
  if (socket) socket.readyState = 2
  expect(() => next.rpc.notify('x')).toThrow('not open')
  expect(socket?.sent).toHaveLength(1)
  next.rpc.destroy()
})
