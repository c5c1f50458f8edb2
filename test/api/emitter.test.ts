/** An RPC over emitters of somebody else: all that they have is emit, on and off. */
import { EventEmitter } from 'node:events'
import { describe, expect, test } from 'vitest'
import {
  type Diagnostic,
  ErrorCode,
  type PeerState,
  RPC,
  type RPCEvent,
  type RPCHandler,
} from '../../src/index.ts'
import { rejection, start, within } from '../contract/fixture.ts'

type Emitter = Pick<RPCEvent, 'emit' | 'on' | 'off'>

interface Ends {
  readonly left: Emitter
  readonly right: Emitter
  /** How many listeners both have, of any event. */
  readonly listeners: () => number
}

/** Two sockets as those of socket.io: what one emits the other hears, as JSON and later. */
class Socket {
  readonly emitted: { readonly event: string; readonly args: unknown[] }[] = []
  readonly #listeners = new Map<string, Set<RPCHandler>>()
  other: Socket | undefined
  broken = false

  emit(event: string, ...args: unknown[]): void {
    if (this.broken) throw new Error('the socket is broken')
    this.emitted.push({ event, args })
    const text = JSON.stringify(args)
    queueMicrotask(() => this.other?.hear(event, JSON.parse(text) as never[]))
  }

  hear(event: string, args: never[]): void {
    for (const listener of this.#listeners.get(event) ?? []) listener(...args)
  }

  on(event: string, fn: RPCHandler): this {
    this.#listeners.set(event, (this.#listeners.get(event) ?? new Set()).add(fn))
    return this
  }

  off(event: string, fn?: RPCHandler): this {
    if (fn) this.#listeners.get(event)?.delete(fn)
    else this.#listeners.delete(event)
    return this
  }

  get listenerCount(): number {
    return [...this.#listeners.values()].reduce((sum, { size }) => sum + size, 0)
  }
}

function sockets(): Ends & { readonly left: Socket; readonly right: Socket } {
  const left = new Socket()
  const right = new Socket()
  left.other = right
  right.other = left
  return { left, right, listeners: () => left.listenerCount + right.listenerCount }
}

type Listener = (...args: unknown[]) => void

/** Two EventEmitters of Node, each of which emits what is emitted at the other. */
function nodeEmitters(): Ends {
  const left = new EventEmitter()
  const right = new EventEmitter()
  const count = (emitter: EventEmitter): number =>
    emitter.eventNames().reduce((sum, name) => sum + emitter.listenerCount(name), 0)
  const facing = (mine: EventEmitter, other: EventEmitter): Emitter => ({
    emit: (event, ...args) => queueMicrotask(() => other.emit(event, ...args)),
    on: (event, fn) => void mine.on(event, fn as Listener),
    off: (event, fn) => void (fn ? mine.off(event, fn as Listener) : mine.removeAllListeners(event)),
  })
  return {
    left: facing(left, right),
    right: facing(right, left),
    listeners: () => count(left) + count(right),
  }
}

const methods = {
  'Main.max': (a: number, b: number) => Math.max(a, b),
  fail() {
    throw Object.assign(new Error('no such file'), { code: 4711, data: { path: '/x' } })
  },
  hang: () => new Promise(() => {}),
}

describe.each([
  ['sockets in memory, as those of socket.io', sockets],
  ['a pair of Node EventEmitters', nodeEmitters],
])('an RPC over %s', (_, open: () => Ends) => {
  const connect = (): Ends & { readonly caller: RPC; readonly callee: RPC } => {
    const ends = open()
    const callee = start({ event: ends.right, methods })
    return { ...ends, callee, caller: start({ event: ends.left, methods }) }
  }

  test('calls both ways', async () => {
    const { caller, callee } = connect()
    await within(45_000, Promise.all([caller.connect(30_000), callee.connect(30_000)]))
    expect(await caller.invoke('Main.max', [1, 2])).toBe(2)
    expect(await callee.invoke('Main.max', [4, 3])).toBe(4)
  })

  test('errors arrive with code, message and data', async () => {
    const { caller } = connect()
    const reasons = [
      caller.invoke('fail'),
      caller.invoke('missing'),
      caller.invoke('hang', null, { timeout: 20 }),
    ]
    expect(await Promise.all(reasons.map(rejection))).toMatchObject([
      { code: 4711, message: 'no such file', data: { path: '/x' } },
      { code: ErrorCode.METHOD_NOT_FOUND },
      { code: ErrorCode.TIMEOUT, data: { timeout: 20 } },
    ])
  })

  test('notifications and batches cross', async () => {
    const { caller, callee } = connect()
    const noted: unknown[] = []
    callee.registerMethod('note', (value: unknown) => noted.push(value))
    caller.notify('note', ['first'])
    const [max] = await caller.batch((call) => {
      call.notify('note', ['second'])
      return [call<number>('Main.max', [1, 2])]
    })
    expect({ max, noted }).toEqual({ max: 2, noted: ['first', 'second'] })
  })

  test('destroy takes off what was added, and leaves the listeners of others', async () => {
    const { caller, callee, left, right, listeners } = connect()
    const heard: unknown[] = []
    const own = (...args: unknown[]): unknown => heard.push(args)
    for (const end of [left, right]) {
      end.on('rpc.message', own)
      end.on('chat', own)
    }
    await caller.invoke('Main.max', [1, 2])
    expect(listeners()).toBeGreaterThan(4)
    caller.destroy()
    callee.destroy()
    expect(listeners()).toBe(4)
    heard.length = 0
    left.emit('chat', 'hi')
    await new Promise((resolve) => setTimeout(resolve))
    expect(heard).toContainEqual(['hi'])
  })

  test('when the other side is destroyed what is pending rejects, and its successor is called', async () => {
    const { caller, callee, right } = connect()
    await caller.connect()
    const states: PeerState[] = []
    caller.onPeer((state) => states.push(state))
    const pending = rejection(caller.invoke('hang'))
    callee.destroy()
    expect(await within(45_000, pending)).toMatchObject({ code: ErrorCode.PEER_GONE })
    start({ event: right, methods })
    expect(await within(45_000, caller.invoke('Main.max', [5, 6]))).toBe(6)
    expect(states).toEqual(['connected', 'gone', 'waiting', 'connected'])
  })

  test('what is pending rejects when the emitter tells that it is disconnected, and a reconnected side is called', async () => {
    const { caller, callee, right } = connect()
    await caller.connect()
    const pending = rejection(caller.invoke('hang'))
    // What one emits the other hears.
    right.emit('disconnect', 'transport close')
    expect(await within(45_000, pending)).toMatchObject({
      code: ErrorCode.PEER_GONE,
      message: expect.stringContaining('transport close'),
    })
    const call = caller.invoke('Main.max', [1, 2])
    callee.destroy()
    start({ event: right, methods })
    expect(await within(45_000, call)).toBe(2)
  })

  test('there is one RPC for an emitter, until it is destroyed', () => {
    const { left, caller } = connect()
    expect(() => new RPC({ event: left })).toThrow(/destroy\(\) it/)
    caller.destroy()
    expect(start({ event: left })).toBeInstanceOf(RPC)
  })
})

/** What a socket of socket.io-client 4 has besides: members that are its own business. */
class PrivateSocket extends Socket {
  destroyed = false

  disconnect(): void {
    this.destroy()
    this.onerror()
  }

  private destroy(): void {
    this.destroyed = true
    this.other = undefined
  }

  private onerror(): void {
    this.broken = true
  }
}

describe('what an RPC does with an emitter of somebody else', () => {
  test('a socket that has private members named destroy and onerror is left alone by destroy', async () => {
    const left = new PrivateSocket()
    const right = new Socket()
    left.other = right
    right.other = left
    const heard: unknown[] = []
    right.on('chat', (text: string) => heard.push(text))
    start({ event: right, methods })
    const caller = start({ event: left })
    expect(await caller.invoke('Main.max', [1, 2])).toBe(2)
    caller.destroy()
    expect(left.destroyed).toBe(false)
    left.emit('chat', 'still here')
    await new Promise((resolve) => setTimeout(resolve))
    expect(heard).toEqual(['still here'])
    left.disconnect()
    expect(left.destroyed).toBe(true)
  })

  test('each message is one event `rpc.message` with a JSON-RPC message', async () => {
    const { left, right } = sockets()
    start({ event: right, methods })
    const caller = start({ event: left })
    expect(await caller.invoke('Main.max', [1, 2])).toBe(2)
    expect(left.emitted.map(({ event, args }) => [event, args.length])).toEqual(
      left.emitted.map(() => ['rpc.message', 1]),
    )
    expect(left.emitted.at(-1)?.args).toMatchObject([{ jsonrpc: '2.0', method: 'Main.max', params: [1, 2] }])
    expect(right.emitted.at(-1)?.args).toMatchObject([{ jsonrpc: '2.0', result: 2 }])
  })

  test('other events of the emitter are not looked at', async () => {
    const { left, right } = sockets()
    const calls: unknown[] = []
    start({ event: right, methods: { pay: (...args: unknown[]) => calls.push(args) } })
    left.emit('pay', 1)
    left.emit('message', { jsonrpc: '2.0', method: 'pay', params: [2] })
    left.emit('rpc.message', { jsonrpc: '2.0', method: 'pay', params: [3] })
    await new Promise((resolve) => setTimeout(resolve))
    expect(calls).toEqual([[3]])
  })

  test('an emit that throws rejects the call as UNDELIVERABLE, with the cause', async () => {
    const { left, right } = sockets()
    start({ event: right, methods })
    const caller = start({ event: left })
    await caller.connect(30_000)
    left.broken = true
    expect(await rejection(caller.invoke('Main.max', [1, 2]))).toMatchObject({
      code: ErrorCode.UNDELIVERABLE,
      cause: { message: 'the socket is broken' },
    })
    left.broken = false
    expect(await caller.invoke('Main.max', [1, 2])).toBe(2)
  })

  test('an emit that throws at the start leaves no listener, and the emitter can be used again', () => {
    const { left } = sockets()
    left.broken = true
    expect(() => new RPC({ event: left })).toThrow('the socket is broken')
    expect(left.listenerCount).toBe(0)
    left.broken = false
    expect(start({ event: left })).toBeInstanceOf(RPC)
  })

  test('S26: malformed messages never throw into the emitter', () => {
    const { right } = sockets()
    const told: Diagnostic[] = []
    start({ event: right, onDiagnostic: (event) => told.push(event) })
    const malformed = [
      undefined,
      null,
      'x',
      7,
      [],
      [1],
      {},
      { jsonrpc: '2.0' },
      { jsonrpc: '2.0', method: 1 },
    ]
    for (const message of malformed) expect(() => right.hear('rpc.message', [message as never])).not.toThrow()
    expect(() => right.hear('rpc.message', [])).not.toThrow()
    expect(told.length).toBeGreaterThan(0)
  })
})
