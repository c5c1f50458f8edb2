/** Electron's ports and utility processes: over FAKES (fake.ts), no Electron runs here. */
import { describe, expect, onTestFinished, test } from 'vitest'
import { electronTransport } from '../../../src/adapters/electron/electron.ts'
import { type Diagnostic, ErrorCode, RPC, RPCError, type Transport } from '../../../src/index.ts'
import { type Connection, type Kind, opener, rejection, start, within } from '../../contract/fixture.ts'
import { contract } from '../../contract/suite.ts'
import { run } from '../../windows/medium.ts'
import { keepIn } from '../../late.ts'
import { FakePortMain, FakeUtilityProcess } from './fake.ts'

const count = (emitter: { listenerCount(type: string): number }): number =>
  ['message', 'close', 'exit', 'error'].reduce((sum, type) => sum + emitter.listenerCount(type), 0)

interface Ports extends Connection {
  readonly transport: Transport
  readonly ours: FakePortMain
  readonly theirs: FakePortMain
}

function connectPorts(kind: Kind): Ports {
  const { port1: ours, port2: theirs } = FakePortMain.pair()
  const behind = run(kind, electronTransport(theirs))
  return {
    ours,
    theirs,
    transport: electronTransport(ours),
    close: () => {
      behind.stop()
      ours.close()
    },
  }
}

contract('two MessagePortMain (FAKE)', connectPorts, {
  text: true,
  listeners: ({ ours }) => count(ours),
  deaths: {
    'the other side closes its port': {
      says: /the port was closed/,
      die: ({ connection }) => connection.theirs.close(),
    },
    'this side closes its port': {
      says: /the port was closed/,
      die: ({ connection }) => connection.ours.close(),
    },
  },
})

interface Child extends Connection {
  readonly transport: Transport
  readonly child: FakeUtilityProcess
}

function forkFake(kind: Kind): Child {
  const child = new FakeUtilityProcess((parentPort, exit) => {
    run(kind, electronTransport(parentPort), { exit: () => exit(3) })
  })
  return { child, transport: electronTransport(child), close: () => child.kill() }
}

contract('a utility process (FAKE), from the main process', forkFake, {
  text: true,
  trusted: true,
  listeners: ({ child }) => count(child),
  deaths: {
    'it calls process.exit': { says: /exited with code 3/, die: ({ rpc }) => rpc.notify('exit') },
    'it is killed': { says: /exited with code 15/, die: ({ connection }) => connection.child.kill() },
    'V8 fails in it': { says: /exited with code 6/, die: ({ connection }) => connection.child.fail() },
  },
})

interface Parent extends Connection {
  readonly transport: Transport
}

/** This side is the utility process, the other one the main process. */
function runInFake(kind: Kind): Promise<Parent> {
  return new Promise((resolve) => {
    const child = new FakeUtilityProcess((parentPort) =>
      resolve({ transport: electronTransport(parentPort), close: () => child.kill() }),
    )
    run(kind, electronTransport(child))
  })
}

contract('the main process, from a utility process (FAKE)', runInFake, { text: true, trusted: true })

describe('ports and utility processes (FAKE)', () => {
  const ports = opener(connectPorts)
  const children = opener(forkFake)

  test('what is posted before the other side starts its port waits there, and is handled in order', async () => {
    const { port1, port2 } = FakePortMain.pair()
    const rpc = start({ transport: electronTransport(port1) })
    const calls = [1, 2, 3].map((n) => rpc.invoke('note', [n]))
    await new Promise((resolve) => setImmediate(resolve))
    const seen: number[] = []
    start({ transport: electronTransport(port2), methods: { note: (n: number) => seen.push(n) } })
    expect(await within(45_000, Promise.all(calls))).toEqual([1, 2, 3])
    expect(seen).toEqual([1, 2, 3])
  })

  test('a call right after the fork is answered', async () => {
    const { rpc } = await children.open('service')
    expect(await within(45_000, rpc.invoke('add', [1, 2]))).toBe(3)
  })

  test('a killed process before it has spawned rejects what waits', async () => {
    const { rpc, connection } = await children.open('service')
    const call = rejection(rpc.invoke('add', [1, 2]))
    connection.child.kill()
    expect(await within(45_000, call)).toMatchObject({ code: ErrorCode.PEER_GONE })
  })

  test('whoever is told of the exit can call, notify and destroy, and nothing is posted in the exit event', async () => {
    const { rpc, connection } = await children.open('service')
    await rpc.connect()
    const told: unknown[] = []
    const posted: unknown[] = []
    const post = connection.child.postMessage.bind(connection.child)
    connection.child.postMessage = (message) => {
      posted.push(message)
      post(message)
    }
    connection.child.on('exit', () => {
      expect(() => rpc.notify('note')).toThrow(RPCError)
    })
    const gone = new Promise<void>((resolve) => {
      rpc.onPeer((state) => {
        if (state !== 'gone') return
        void rejection(rpc.invoke('add', [1, 2])).then((error) => told.push(error))
        rpc.destroy()
        resolve()
      })
    })
    connection.child.kill()
    await within(45_000, gone)
    await Promise.resolve()
    expect(told).toMatchObject([{ code: ErrorCode.PEER_GONE }])
    expect(posted).toEqual([])
  })

  test('a fatal error of V8 is told before the exit', async () => {
    const told: Diagnostic[] = []
    const { rpc, connection } = await children.open('service', { onDiagnostic: keepIn(told) })
    await rpc.connect()
    const pending = rejection(rpc.invoke('hang', ['x']))
    connection.child.fail()
    expect(await within(45_000, pending)).toMatchObject({ code: ErrorCode.PEER_GONE })
    expect(told).toMatchObject([{ kind: 'peer-error' }])
  })

  test('nothing is transferred, and what would be is said: transfers would lose it there', async () => {
    const { rpc } = await ports.open('service')
    await rpc.connect()
    const buffer = new ArrayBuffer(8)
    expect(await rejection(rpc.invoke('size', [buffer], { transfer: [buffer] }))).toMatchObject({
      code: ErrorCode.UNDELIVERABLE,
    })
    expect(buffer.byteLength).toBe(8)
    expect(await rpc.invoke('size', [buffer])).toBe(8)
  })

  test('a renderer’s own MessagePort takes the same transport, and transfers nothing either', async () => {
    const { port1, port2 } = new MessageChannel()
    onTestFinished(() => port1.close())
    // As a browser's port: without the emitter's face that Node gives it.
    const asBrowsers = (port: MessagePort): object => ({
      postMessage: (...args: [unknown]) => port.postMessage(...args),
      addEventListener: port.addEventListener.bind(port),
      removeEventListener: port.removeEventListener.bind(port),
      start: () => port.start(),
    })
    const rpc = start({ transport: electronTransport(asBrowsers(port1) as MessagePort) })
    start({
      transport: electronTransport(asBrowsers(port2) as MessagePort),
      methods: { call: (fn: (n: number) => unknown) => fn(2) },
    })
    expect(await within(45_000, rpc.invoke('call', [(n: number) => n * 2]))).toBe(4)
    const buffer = new ArrayBuffer(8)
    expect(await rejection(rpc.invoke('call', [buffer], { transfer: [buffer] }))).toMatchObject({
      code: ErrorCode.UNDELIVERABLE,
    })
    expect(buffer.byteLength).toBe(8)
  })

  test('the bare port is not enough: its messages are in events', async () => {
    const { port1, port2 } = FakePortMain.pair()
    start({ transport: electronTransport(port2), methods: { add: (a: number, b: number) => a + b } })
    const rpc = new RPC({ transport: port1, connectTimeout: 50 })
    onTestFinished(() => rpc.destroy())
    expect(await rejection(rpc.invoke('add', [1, 2]))).toMatchObject({ code: ErrorCode.TIMEOUT })
  })

  test('hostile events are ignored', async () => {
    const { rpc, connection } = await ports.open('service')
    await rpc.connect()
    for (const event of [undefined, null, 7, 'x', {}, { data: undefined }, { data: null }])
      expect(() => connection.ours.emit('message', event)).not.toThrow()
    expect(await rpc.invoke('add', [1, 2])).toBe(3)
  })
})
