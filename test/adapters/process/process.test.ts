import { type ChildProcess, fork, type Serializable, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { processTransport } from '../../../src/adapters/process/process.ts'
import { type Diagnostic, ErrorCode, RPC, type Transport } from '../../../src/index.ts'
import { type Connection, opener, rejection, within } from '../../contract/fixture.ts'
import { brokenStart, lateStart } from '../../contract/starting.ts'
import { contract, type Traits } from '../../contract/suite.ts'
import { keepIn } from '../../late.ts'
import { dyingWithEverything } from './deaths.ts'
import { flooding } from './flood.ts'
import { bundleScripts, type Scripts } from './scripts.ts'

const names = ['service', 'plain', 'silent', 'late', 'behind-await', 'throws', 'finishes'] as const

type Name = (typeof names)[number]

let scripts: Scripts<Name>
beforeAll(async () => {
  scripts = await bundleScripts(fileURLToPath(new URL('./children/', import.meta.url)), names)
}, 60_000)
afterAll(() => scripts.remove())

type Serialization = 'json' | 'advanced'

interface Forked extends Connection {
  readonly transport: Transport
  readonly child: ChildProcess
  readonly before: number
}

const types = ['message', 'disconnect', 'exit', 'error', 'close']
const count = (child: ChildProcess): number => types.reduce((sum, type) => sum + child.listenerCount(type), 0)

const run =
  (serialization: Serialization) =>
  (path: string): Forked => {
    const child = fork(path, { serialization, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
    const before = count(child)
    return { child, before, transport: processTransport(child), close: () => child.kill('SIGKILL') }
  }

const deaths: Traits<Forked>['deaths'] = {
  'the child calls process.exit': { says: /exited with code 3/, die: ({ rpc }) => rpc.notify('exit') },
  'the child is killed': {
    says: /killed by SIGKILL/,
    die: ({ connection }) => connection.child.kill('SIGKILL'),
  },
  'an error in the child is not caught': {
    says: /exited with code 1/,
    die: ({ rpc }) => rpc.notify('crash'),
  },
  // It has nothing else to do then, so it exits.
  'the child disconnects': {
    says: /disconnected|exited with code 0/,
    die: ({ rpc }) => rpc.notify('disconnect'),
  },
  'the parent disconnects': {
    says: /disconnected|exited with code 0/,
    die: ({ connection }) => connection.child.disconnect(),
  },
}

for (const serialization of ['json', 'advanced'] as const) {
  const runScript = (name: Name): Forked => run(serialization)(scripts.path(name))

  contract(`a forked process, ${serialization}`, runScript, {
    text: true,
    trusted: true,
    listeners: ({ child, before }) => count(child) - before,
    deaths,
  })

  lateStart(`a forked process, ${serialization}`, (kind) =>
    runScript(kind === '400 ms late' ? 'late' : 'behind-await'),
  )

  describe(`a forked process, ${serialization},`, () => {
    const { open } = opener(runScript)

    dyingWithEverything(open, ({ connection }) => connection.child.kill('SIGKILL'), /killed by SIGKILL/)

    test('what was answered right before the exit arrives', async () => {
      const { rpc } = await open('service')
      expect(await rpc.invoke<string>('lastWords', [1_000])).toHaveLength(1_000)
    })

    flooding(open)

    test(
      'S60: a message of 64 MB arrives whole, as the other side is code of one’s own',
      { timeout: 120_000 },
      async () => {
        const { rpc } = await open('service')
        const large = 'x'.repeat(64 * 1024 * 1024)
        expect(await rpc.invoke('lengthOf', [large])).toBe(large.length)
      },
    )

    test('S61: messages to a child that reads nothing are refused BUSY over `maxQueued`, the rest arrive', async () => {
      const { child } = runScript('service')
      onTestFinished(() => void child.kill('SIGKILL'))
      const rpc = new RPC({ transport: processTransport(child, { maxQueued: 10 }) })
      onTestFinished(() => rpc.destroy())
      await rpc.connect()
      rpc.notify('sleep', [200])
      const text = 'x'.repeat(100_000)
      const results = await Promise.allSettled(Array.from({ length: 100 }, () => rpc.invoke('echo', [text])))
      const refused = results.filter(({ status }) => status === 'rejected')
      expect(refused.length).toBeGreaterThan(50)
      for (const one of refused) expect(one).toMatchObject({ reason: { code: ErrorCode.BUSY } })
      expect(refused.length).toBeLessThan(100)
      expect(await rpc.invoke('add', [1, 2])).toBe(3)
    })

    test('the child can end by itself once its RPC is destroyed', async () => {
      const { child, transport } = runScript('finishes')
      onTestFinished(() => void child.kill('SIGKILL'))
      const rpc = new RPC({ transport, methods: { add: (a: number, b: number) => a + b } })
      onTestFinished(() => rpc.destroy())
      expect(await within(45_000, once(child, 'exit'))).toEqual([0, null])
    })
  })
}

for (const serialization of ['json', 'advanced'] as const)
  brokenStart(
    `a forked process, ${serialization},`,
    (kind) => run(serialization)(kind === 'throws at load' ? scripts.path('throws') : '/no/such/script.mjs'),
    { 'throws at load': /exited with code 1/, 'is not there': /exited with code 1/ },
  )

describe('serialization', () => {
  const value = { date: new Date(1e12), missing: undefined, big: 2n ** 70n }
  const echoOf = (serialization: Serialization): Promise<unknown> => {
    const { child, transport } = run(serialization)(scripts.path('plain'))
    onTestFinished(() => void child.kill('SIGKILL'))
    const rpc = new RPC({ transport })
    onTestFinished(() => rpc.destroy())
    return rpc.invoke('echo', [value])
  }

  test('advanced carries what structured clone does, also to a peer that is not portcall', async () => {
    expect(await echoOf('advanced')).toEqual(value)
  })

  test('json carries JSON to a peer that is not portcall, and refuses the rest', async () => {
    expect(await rejection(echoOf('json'))).toMatchObject({ code: ErrorCode.UNDELIVERABLE })
  })

  test('finding out sends nothing', async () => {
    for (const serialization of ['json', 'advanced'] as const) {
      const { child } = run(serialization)(scripts.path('plain'))
      onTestFinished(() => void child.kill('SIGKILL'))
      const heard: Serializable[] = []
      child.on('message', (message) => heard.push(message))
      child.send({ jsonrpc: '2.0', id: 1, method: 'echo', params: ['first'] })
      await within(45_000, once(child, 'message'))
      expect(heard).toEqual([{ jsonrpc: '2.0', id: 1, result: 'first' }])
    }
  })
})

describe('a process', () => {
  test('without an IPC channel is refused, and told what to do', () => {
    const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' })
    onTestFinished(() => void child.kill())
    expect(() => processTransport(child)).toThrow(TypeError)
    expect(() => processTransport(child)).toThrow(/fork\(\)/)
  })

  test('that could not be started rejects what waits with the reason', async () => {
    const child = spawn('/no/such/program', [], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
    const rpc = new RPC({ transport: processTransport(child) })
    onTestFinished(() => rpc.destroy())
    expect(await within(45_000, rejection(rpc.invoke('add', [1, 2])))).toMatchObject({
      code: ErrorCode.PEER_GONE,
      message: expect.stringContaining('ENOENT'),
    })
  })

  test('that has ended before is gone at once', async () => {
    const child = fork(scripts.path('throws'), { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
    await within(45_000, once(child, 'close'))
    const rpc = new RPC({ transport: processTransport(child) })
    onTestFinished(() => rpc.destroy())
    expect(await rejection(rpc.invoke('add', [1, 2]))).toMatchObject({
      code: ErrorCode.PEER_GONE,
      message: expect.stringContaining('exited with code 1'),
    })
  })

  test('whose other messages are not ours ignores them without a word', async () => {
    const { child, transport } = run('json')(scripts.path('service'))
    onTestFinished(() => void child.kill('SIGKILL'))
    const diagnostics: Diagnostic[] = []
    const rpc = new RPC({ transport, onDiagnostic: keepIn(diagnostics) })
    onTestFinished(() => rpc.destroy())
    await rpc.connect()
    child.send({ type: 'config', value: 1 })
    child.send('text')
    expect(await rpc.invoke('add', [1, 2])).toBe(3)
    expect(diagnostics).toEqual([])
  })

  test('that is disconnected after destroy ends nobody', async () => {
    const { child, transport } = run('json')(scripts.path('service'))
    onTestFinished(() => void child.kill('SIGKILL'))
    const rpc = new RPC({ transport })
    await rpc.connect()
    child.kill('SIGKILL')
    rpc.destroy()
    await within(45_000, once(child, 'exit'))
    expect(await rejection(rpc.invoke('add'))).toMatchObject({ code: ErrorCode.CLOSED })
  })
})
