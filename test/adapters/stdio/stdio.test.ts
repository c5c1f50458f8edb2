import { type ChildProcessByStdio, spawn } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { type Framing } from '../../../src/adapters/stdio/framing.ts'
import { stdioTransport } from '../../../src/adapters/stdio/stdio.ts'
import { type Diagnostic, ErrorCode, RPC, type Transport } from '../../../src/index.ts'
import { type Connection, hanging, opener, rejection, within } from '../../contract/fixture.ts'
import { brokenStart, lateStart } from '../../contract/starting.ts'
import { contract, type Traits } from '../../contract/suite.ts'
import { keepIn } from '../../late.ts'
import { dyingWithEverything } from '../process/deaths.ts'
import { flooding } from '../process/flood.ts'
import { bundleScripts, type Scripts } from '../process/scripts.ts'

const names = ['service', 'plain', 'silent', 'late', 'behind-await', 'throws'] as const

type Name = (typeof names)[number]

let scripts: Scripts<Name>
beforeAll(async () => {
  scripts = await bundleScripts(fileURLToPath(new URL('./children/', import.meta.url)), names)
}, 60_000)
afterAll(() => scripts.remove())

interface Spawned extends Connection {
  readonly transport: Transport
  readonly child: ChildProcessByStdio<Writable, Readable, null>
  readonly listeners: () => number
}

const types = ['data', 'end', 'error', 'close']
const countOn = ({ stdin, stdout }: Spawned['child'], ofWrites = false): number =>
  types.reduce(
    (sum, type) =>
      // Until the goodbye is written, its error is nobody's.
      sum + stdout.listenerCount(type) + (type !== 'error' || ofWrites ? stdin.listenerCount(type) : 0),
    0,
  )

const run = (path: string, framing: Framing, maxLength?: number): Spawned => {
  const child = spawn(process.execPath, [path, framing], { stdio: ['pipe', 'pipe', 'ignore'] })
  const before = countOn(child)
  return {
    child,
    listeners: () => countOn(child) - before,
    transport: stdioTransport({ readable: child.stdout, writable: child.stdin, framing, maxLength }),
    close: () => child.kill('SIGKILL'),
  }
}

const deaths: Traits<Spawned>['deaths'] = {
  'the child calls process.exit': {
    says: /the stream (ended|was closed)|EPIPE/,
    die: ({ rpc }) => rpc.notify('exit'),
  },
  'the child is killed': {
    says: /the stream (ended|was closed)|EPIPE/,
    die: ({ connection }) => connection.child.kill('SIGKILL'),
  },
  'the child closes its stdout': { says: /the stream ended/, die: ({ rpc }) => rpc.notify('closeOut') },
  'this side destroys the readable': {
    says: /the stream was closed/,
    die: ({ connection }) => connection.child.stdout.destroy(),
  },
  'the readable fails': {
    says: /the cable was cut/,
    die: ({ connection }) => connection.child.stdout.destroy(new Error('the cable was cut')),
  },
  'the writable fails': {
    says: /the cable was cut/,
    die: ({ connection }) => connection.child.stdin.destroy(new Error('the cable was cut')),
  },
}

for (const framing of ['newline', 'content-length'] as const) {
  const runScript = (name: Name): Spawned => run(scripts.path(name), framing)

  contract(`stdio of a child, ${framing}`, runScript, {
    text: true,
    listeners: ({ listeners }) => listeners(),
    deaths,
  })

  lateStart(`stdio of a child, ${framing}`, (kind) =>
    runScript(kind === '400 ms late' ? 'late' : 'behind-await'),
  )

  brokenStart(
    `stdio of a child, ${framing},`,
    (kind) => (kind === 'throws at load' ? runScript('throws') : run('/no/such/script.mjs', framing)),
    { 'throws at load': /the stream|EPIPE/, 'is not there': /the stream|EPIPE/ },
  )

  describe(`stdio of a child, ${framing},`, () => {
    const { open } = opener(runScript)

    dyingWithEverything(
      open,
      ({ connection }) => connection.child.kill('SIGKILL'),
      /the stream (ended|was closed)|EPIPE/,
    )

    test(
      'S60: a message over the limit rejects TOO_LARGE and nothing is sent',
      { timeout: 60_000 },
      async () => {
        const { rpc } = await open('service')
        await rpc.connect()
        const large = 'x'.repeat(64 * 1024 * 1024)
        expect(await rejection(rpc.invoke('note', [large]))).toMatchObject({ code: ErrorCode.TOO_LARGE })
        // Three bytes each.
        expect(await rejection(rpc.invoke('note', ['€'.repeat(6_000_000)]))).toMatchObject({
          code: ErrorCode.TOO_LARGE,
        })
        expect(await rpc.invoke('noted')).toEqual([])
      },
    )

    test('a message just below the limit crosses both ways', { timeout: 60_000 }, async () => {
      const { rpc } = await open('service')
      const large = '€'.repeat(5_000_000)
      expect((await rpc.invoke('echo', [large])) === large).toBe(true)
    })

    test('one that arrives over the limit ends the connection: all calls settle', async () => {
      const connection = run(scripts.path('service'), framing, 10_000)
      onTestFinished(() => void connection.close())
      const diagnostics: Diagnostic[] = []
      const rpc = new RPC({
        transport: connection.transport,
        onDiagnostic: keepIn(diagnostics),
      })
      onTestFinished(() => rpc.destroy())
      const { all, reasons } = hanging(rpc, 3)
      expect(await rpc.invoke('started')).toHaveLength(3)
      const large = rejection(rpc.invoke('lastWords', [20_000]))
      await within(45_000, all)
      const gone = { code: ErrorCode.PEER_GONE, cause: { code: ErrorCode.TOO_LARGE } }
      expect(await large).toMatchObject(gone)
      expect(reasons).toMatchObject([gone, gone, gone])
      expect(diagnostics).toMatchObject([{ kind: 'unreadable', error: { code: ErrorCode.TOO_LARGE } }])
    })

    flooding(open)

    test('S61: calls to a child that reads nothing are refused BUSY over `maxBuffered`, the rest are answered', async () => {
      const { child } = runScript('service')
      onTestFinished(() => void child.kill('SIGKILL'))
      const streams = { readable: child.stdout, writable: child.stdin }
      const rpc = new RPC({ transport: stdioTransport({ ...streams, framing, maxBuffered: 1_000_000 }) })
      onTestFinished(() => rpc.destroy())
      await rpc.connect()
      rpc.notify('sleep', [200])
      const text = 'x'.repeat(100_000)
      const results = await Promise.allSettled(Array.from({ length: 100 }, () => rpc.invoke('echo', [text])))
      const refused = results.filter(({ status }) => status === 'rejected')
      expect(refused.length).toBeGreaterThan(50)
      expect(refused.length).toBeLessThan(100)
      for (const one of refused) expect(one).toMatchObject({ reason: { code: ErrorCode.BUSY } })
      expect(await rpc.invoke('add', [1, 2])).toBe(3)
    })

    test('S49: once the goodbye is written no listener is left at all', async () => {
      const { child, transport } = runScript('service')
      onTestFinished(() => void child.kill('SIGKILL'))
      const rpc = new RPC({ transport })
      await rpc.connect()
      rpc.destroy()
      const fresh = spawn(process.execPath, ['--version'], { stdio: ['pipe', 'pipe', 'ignore'] })
      await expect.poll(() => countOn(child, true)).toBe(countOn(fresh, true))
    })

    test('destroy while the child is already dead ends nobody, and later calls reject', async () => {
      const { child, transport } = runScript('service')
      const rpc = new RPC({ transport })
      await rpc.connect()
      child.kill('SIGKILL')
      rpc.notify('note', ['x'.repeat(1_000_000)])
      rpc.destroy()
      await within(45_000, new Promise((resolve) => child.once('exit', resolve)))
      expect(await rejection(rpc.invoke('add'))).toMatchObject({ code: ErrorCode.CLOSED })
      await within(45_000, expect.poll(() => child.stdin.destroyed).toBe(true))
    })

    test('an RPC on streams that have ended is gone at once', async () => {
      const { child } = runScript('throws')
      child.stdout.resume()
      await within(45_000, new Promise((resolve) => child.once('close', resolve)))
      const streams = { readable: child.stdout, writable: child.stdin }
      const rpc = new RPC({ transport: stdioTransport({ ...streams, framing }) })
      onTestFinished(() => rpc.destroy())
      expect(await rejection(rpc.invoke('add', [1, 2]))).toMatchObject({ code: ErrorCode.PEER_GONE })
    })
  })
}

describe('what else is printed there', () => {
  test('newline: a line that is no JSON is answered -32700, and the connection lives', async () => {
    const diagnostics: Diagnostic[] = []
    const { open } = opener(() => run(scripts.path('service'), 'newline'))
    const { rpc } = await open('', { onDiagnostic: keepIn(diagnostics) })
    await rpc.invoke('print', ['a log line\n\r\n\n'])
    expect(await rpc.invoke('add', [1, 2])).toBe(3)
    expect(diagnostics).toMatchObject([{ kind: 'unreadable' }])
  })

  test('content-length: what is no header ends the connection, saying what it was', async () => {
    const { rpc } = await opener(() => run(scripts.path('service'), 'content-length')).open('')
    const { all, reasons } = hanging(rpc, 2)
    expect(await rpc.invoke('started')).toHaveLength(2)
    rpc.notify('print', ['a log line\r\n\r\n'])
    await within(45_000, all)
    const gone = {
      code: ErrorCode.PEER_GONE,
      message: expect.stringContaining('This is no header with one Content-Length: "a log line"') as string,
    }
    expect(reasons).toMatchObject([gone, gone])
  })
})
