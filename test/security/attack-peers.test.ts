/**
 * Attacks of a second reading on the rules R1 to R5, as a peer sends them. Costs are compared with those of a message of the
 * same kind that does no harm, or have a bound that no machine misses.
 */
import fs, * as ns from 'node:fs'
import { describe, expect, test, vi } from 'vitest'
import { singleCalls } from '../../src/adapters/nats/single-calls.ts'
import { socketIoTransport } from '../../src/adapters/socket-io/socket-io.ts'
import { ErrorCode, portcallDialect, proxy, RPC, RPCError } from '../../src/index.ts'
import { createOwed } from '../../src/peer/owed.ts'
import { cloning, open, request, timesOfReference } from './victim.ts'

describe('a peer that does not read', () => {
  test('R2: is cut by the length of what it is owed, and no more is kept, also where nothing can be cut', () => {
    for (const canCut of [true, false]) {
      let cuts = 0
      let posts = 0
      let isFull = true
      const peer = {
        post: () => {
          posts++
          if (isFull) throw new RPCError(ErrorCode.BUSY, 'full')
        },
        transport: canCut ? { cut: () => cuts++ } : {},
        attempt: (_: unknown, step: () => unknown) => step(),
      } as never as Parameters<typeof createOwed>[0]
      const [pay] = createOwed(peer)
      const refused = Array.from({ length: 20 }, (_, i) => {
        try {
          peer.owe({ jsonrpc: '2.0', id: 'x'.repeat(1_000_000), result: i })
          return 0
        } catch {
          return 1
        }
      })
      expect(posts).toBe(20)
      expect(refused.filter(Boolean)).toHaveLength(12)
      expect(cuts).toBe(canCut ? 12 : 0)
      isFull = false
      pay()
      expect(posts).toBe(28)
    }
  })
})

describe('references', () => {
  test('R3: no dotted name steps into a module or a namespace of the language', () => {
    const api = { deps: { fs, ns, Reflect, own: { hello: () => 'hello' } } }
    const { receive, posted, rpc } = cloning()
    rpc.registerMethod('api', () => proxy(api))
    receive(request(1, 'api'))
    for (const name of ['deps.fs.readFileSync', 'deps.ns.readFileSync', 'deps.Reflect.ownKeys']) {
      receive(request(2, 'rpc.call', [1, name, '/etc/hostname']))
      expect(posted.at(-1)).toMatchObject({ error: { code: ErrorCode.METHOD_NOT_FOUND } })
    }
    receive(request(3, 'rpc.call', [1, 'deps.own.hello']))
    expect(posted.at(-1)).toMatchObject({ result: 'hello' })
  })

  test.each(['memory', 'view'])('R3: shared memory does not leave by being read: %s', (name) => {
    const memory = new SharedArrayBuffer(8)
    const { receive, posted, rpc } = cloning()
    rpc.registerMethod('api', () => proxy({ memory, view: new Uint8Array(memory) }))
    receive(request(1, 'api'))
    receive(request(2, 'rpc.get', [1, name]))
    expect(posted.at(-1)).toMatchObject({ error: { code: ErrorCode.INTERNAL_ERROR } })
  })
})

describe('adapters', () => {
  test('R2: acknowledgements of what is never answered are not kept', () => {
    const listeners = new Map<string, (...args: unknown[]) => void>()
    const socket = {
      connected: true,
      handshake: { auth: {}, headers: {} },
      emit: () => true,
      on: (event: string, listener: () => void) => listeners.set(event, listener),
      off: (event: string) => listeners.delete(event),
    }
    const rpc = new RPC({ transport: socketIoTransport(socket) })
    open.push(rpc)
    const seen = vi.spyOn(Map.prototype, 'set')
    const ack = (): void => {}
    const send = (message: object): void => listeners.get('rpc.message')?.(message, ack)
    send({ jsonrpc: '2.0', id: 'a', result: 1 })
    send({ jsonrpc: '2.0', id: 'b', method: 5 })
    send({ jsonrpc: '2.0', id: ['c'], method: 'f' })
    send({ jsonrpc: '2.0', id: 'd'.repeat(1_000), method: 'f' })
    const kept = seen.mock.calls.filter(([, value]) => value === ack)
    seen.mockRestore()
    expect(kept).toEqual([])
  })

  test('R1, R2: invalid requests at a NATS subject are forgotten, and a cancel looks at one call', () => {
    const calls = singleCalls({ publish() {} } as never)
    const rpc = new RPC({ transport: calls.transport, dialect: portcallDialect })
    open.push(rpc)
    for (let i = 0; i < 10_000; i++) calls.take({ jsonrpc: '2.0', id: i, method: 5 }, 'r')
    const cancels = Array.from({ length: 1_000 }, (_, i) => ({
      jsonrpc: '2.0',
      method: 'rpc.cancel',
      params: [`no${i}`],
    }))
    expect(timesOfReference(() => calls.take(cancels, 'q'))).toBeLessThan(10)
  })
})
