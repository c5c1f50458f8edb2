/** Events and an RPC over one RPCMessageEvent; run in Node and in browsers. */
import { describe, expect, test } from 'vitest'
import { callContext, type Diagnostic, ErrorCode, RPC, type RPCInitOptions } from '../../src/index.ts'
import { rejection, start, within } from '../contract/fixture.ts'
import { keepIn } from '../late.ts'
import { type Ends, open } from './ends.ts'

type Options = Omit<RPCInitOptions, 'event' | 'transport'>

interface Both extends Ends {
  readonly caller: RPC
  readonly callee: RPC
}

/** An RPC over each end: `caller` here, `callee` there. They have met. */
async function meet(callerOptions?: Options, calleeOptions?: Options): Promise<Both> {
  const ends = open()
  const caller = start({ ...callerOptions, event: ends.here })
  const callee = start({ ...calleeOptions, event: ends.there })
  await within(45_000, Promise.all([caller.connect(), callee.connect()]))
  return { ...ends, caller, callee }
}

export function mixing(where: string): void {
  describe(`events and an RPC over one RPCMessageEvent in ${where}`, () => {
    test('an emitted event reaches the method of that name as a notification', async () => {
      const calls: unknown[] = []
      const { here, arrived } = await meet(
        {},
        { methods: { 'Main.max': (...args: number[]) => calls.push([...args, callContext().id]) } },
      )
      here.emit('Main.max', 1, 2)
      await arrived()
      expect(calls).toEqual([[1, 2, undefined]])
    })

    test('an emitted event is not answered, whatever the method does', async () => {
      const { here, there, arrived } = await meet({}, { methods: { add: (a: number, b: number) => a + b } })
      const posted: unknown[] = []
      there.sendAdapter = (data) => {
        posted.push(data)
        return { data }
      }
      here.emit('add', 1, 2)
      here.emit('missing')
      await arrived()
      expect(posted).toEqual([])
    })

    test('a notification of an RPC reaches `on` of the other side', async () => {
      const { caller, there, arrived } = await meet()
      const log: unknown[] = []
      there.on('resize', (...args: unknown[]) => log.push(args))
      caller.notify('resize', [3, 4])
      caller.notify('resize', { width: 3 })
      caller.notify('resize')
      await caller.invoke('resize', [5], { isNotify: true })
      await arrived()
      expect(log).toEqual([[3, 4], [{ width: 3 }], [], [5]])
    })

    test('the notifications of a batch reach `on` of the other side', async () => {
      const { caller, there, arrived } = await meet()
      const log: unknown[] = []
      there.on('resize', (...args: unknown[]) => log.push(args))
      await caller.batch((call) => {
        call.notify('resize', [1])
        call.notify('resize', [2])
        return []
      })
      await arrived()
      expect(log).toEqual([[1], [2]])
    })

    test('a notification reaches the method and the listeners of its name', async () => {
      const log: string[] = []
      const { caller, there, arrived } = await meet({}, { methods: { x: () => log.push('method') } })
      there.on('x', () => log.push('listener'))
      caller.notify('x')
      await arrived()
      expect(log.toSorted()).toEqual(['listener', 'method'])
    })

    test('a request never reaches `on`', async () => {
      const { caller, there } = await meet({}, { methods: { add: (a: number, b: number) => a + b } })
      const log: string[] = []
      for (const name of ['add', 'only listened to', 'rpc.connect']) there.on(name, () => log.push(name))
      expect(await caller.invoke('add', [1, 2])).toBe(3)
      const missing = await rejection(caller.invoke('only listened to'))
      expect(missing).toMatchObject({ code: ErrorCode.METHOD_NOT_FOUND })
      expect(log).toEqual([])
    })

    test('what nobody handles is told to onDiagnostic of the RPC, not to onerror', async () => {
      const told: Diagnostic[] = []
      const { here, errors, arrived } = await meet({}, { onDiagnostic: keepIn(told) })
      here.emit('nobody')
      await arrived()
      expect(told).toMatchObject([{ kind: 'unknown-method', about: 'nobody' }])
      expect(errors).toEqual([])
    })

    test('an RPC calls those that only listen to events, if it is told that they are plain', async () => {
      const { here, there, arrived } = open()
      const rpc = start({ event: here, plain: true })
      const log: unknown[] = []
      there.on('x', (...args: unknown[]) => log.push(args))
      rpc.notify('x', [1])
      await arrived()
      expect(log).toEqual([[1]])
    })

    test('events go on after the RPC of the other side is gone', async () => {
      const { here, there, port2, callee, arrived } = await meet()
      const log: string[] = []
      here.on('x', () => log.push('x'))
      callee.destroy()
      port2.postMessage({ jsonrpc: '2.0', method: 'x' })
      await arrived()
      await within(
        45_000,
        until(() => log.length > 0),
      )
      there.on('x', () => log.push('never'))
      here.emit('x')
      await arrived()
      expect(log).toEqual(['x'])
    })

    test('there is one RPC for an RPCMessageEvent', () => {
      const { here } = open()
      const rpc = start({ event: here })
      expect(() => new RPC({ event: here })).toThrow(/destroy\(\) it/)
      rpc.destroy()
    })

    test('an event and a transport at once are refused', () => {
      const { here, port1 } = open()
      expect(() => new RPC({ event: here, transport: port1 })).toThrow(TypeError)
    })
  })

  starting(where)
  refusing(where)
}

const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve))
}

function starting(where: string): void {
  describe(`an RPC over an RPCMessageEvent that has emitted before, in ${where}`, () => {
    test('a call that waited is answered when the other side emitted an event before it made its RPC', async () => {
      const { here, there } = open()
      const rpc = start({ event: here })
      const sum = rpc.invoke('add', [1, 2])
      there.emit('ready')
      start({ event: there, methods: { add: (a: number, b: number) => a + b } })
      expect(await within(45_000, sum)).toBe(3)
    })

    test('a call made at an event that came before the RPC is answered', async () => {
      const { here, there } = open()
      const rpc = start({ event: here })
      const sum = new Promise((resolve) => here.on('ready', () => resolve(rpc.invoke('add', [1, 2]))))
      there.emit('ready')
      start({ event: there, methods: { add: (a: number, b: number) => a + b } })
      expect(await within(45_000, sum)).toBe(3)
    })

    test('connect waits for an RPC over there, not for an event', async () => {
      const { here, there } = open()
      const rpc = start({ event: here })
      const heard = new Promise((resolve) => here.on('ready', resolve))
      const connected = rejection(rpc.connect(100))
      there.emit('ready', 1)
      expect(await heard).toBe(1)
      expect(await connected).toMatchObject({ code: ErrorCode.TIMEOUT })
    })
  })
}

function refusing(where: string): void {
  describe(`what receiveAdapter refuses, in ${where}`, () => {
    test('is not answered, by an RPC of policy strict either', async () => {
      const { here, port2 } = open()
      let seen = 0
      here.receiveAdapter = () => {
        seen++
        return null
      }
      const told: Diagnostic[] = []
      start({ event: here, policy: 'strict', plain: true, onDiagnostic: keepIn(told) })
      port2.postMessage({ jsonrpc: '2.0', id: 1, method: 'x' })
      port2.postMessage('somebody else')
      await within(
        45_000,
        until(() => seen === 2),
      )
      expect(told).toEqual([])
    })
  })
}
