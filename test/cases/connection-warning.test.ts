/** C44: the one warning, and the diagnostic in its place. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { all, diagnostics, RPC as CoreRPC } from '../../src/core.ts'
import {
  type Diagnostic,
  expose,
  type Receiver,
  RPC,
  type RPCInitOptions,
  type Transport,
} from '../../src/index.ts'
import { linkedPair } from '../../src/testing.ts'
import { bundleScripts } from '../adapters/process/scripts.ts'

const warn = vi.spyOn(console, 'warn')
const warnings = (): string[] => warn.mock.calls.map(([text]) => String(text))
beforeEach(() => void warn.mockClear().mockImplementation(() => {}))
afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

function make(options: RPCInitOptions): RPC {
  const rpc = new RPC(options)
  onTestFinished(() => rpc.destroy())
  return rpc
}

/** A medium whose peer is the test. */
function medium(more: Partial<Transport> = {}): { transport: Transport; tell: () => Receiver } {
  let receiver: Receiver | undefined
  return {
    transport: { post() {}, listen: (to) => (receiver = to), close() {}, successor: true, ...more },
    tell: () => receiver as Receiver,
  }
}

const quiet = (call: Promise<unknown>): void => void call.catch(() => {})

/** Run with a clock of its own. */
async function passes(ms: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms)
}

describe('C44: the warning', () => {
  beforeEach(() => void vi.useFakeTimers())

  test('comes once, when the first call has waited 3 s', async () => {
    const rpc = make({ transport: linkedPair().left })
    await passes(10_000)
    quiet(rpc.invoke('add'))
    quiet(rpc.connect())
    await passes(2_990)
    expect(warnings()).toEqual([])
    await passes(20)
    expect(warnings()).toEqual([
      'portcall: The peer has not answered the handshake within 3 s (transport). Does the code behind the transport call expose()?',
    ])
    quiet(rpc.invoke('add'))
    await passes(20_000)
    expect(warnings()).toHaveLength(1)
  })

  const waits: Record<string, (rpc: RPC) => Promise<unknown>> = {
    'a call': (rpc) => rpc.invoke('add'),
    'connect()': (rpc) => rpc.connect(0),
    'a call of a remote': (rpc) => rpc.remote().add(),
    'a batch': (rpc) => rpc.batch((call) => [call('add')]),
    'a batch that begins with a notification': (rpc) =>
      rpc.batch((call) => {
        call.notify('note')
        return [call('add')]
      }),
    'new remote.Class()': (rpc) => rpc.construct('Counter', []),
  }
  for (const [what, wait] of Object.entries(waits))
    test(`comes for ${what}`, async () => {
      quiet(wait(make({ transport: linkedPair().left })))
      await passes(3_010)
      expect(warnings()).toHaveLength(1)
    })

  test('does not come for calls that waited less', async () => {
    const rpc = make({ transport: linkedPair().left })
    const controller = new AbortController()
    quiet(rpc.invoke('add', null, { timeout: 1_000 }))
    quiet(rpc.invoke('add', null, { signal: controller.signal }))
    await passes(2_000)
    quiet(rpc.invoke('add'))
    controller.abort()
    await passes(2_900)
    expect(warnings()).toEqual([])
    await passes(200)
    expect(warnings()).toHaveLength(1)
  })

  test('does not come for a side that only serves, whatever it hears and notifies', async () => {
    const { transport, tell } = medium({ policy: 'strict' })
    const rpc = make({ transport, methods: { add: () => 1 } })
    const served = linkedPair().left
    expose({ add: () => 1 }, served)
    rpc.notify('ready')
    tell().refused('https://evil.example')
    tell().unreadable('x')
    tell().failed(new Error('a script'))
    tell().gone('an attempt', false)
    await passes(60_000)
    expect(warnings()).toEqual([])
  })

  test('does not come when the peer has been there before', async () => {
    const { left, right } = linkedPair()
    const rpc = make({ transport: { ...left, successor: true }, connectTimeout: 0 })
    const other = new RPC({ transport: right })
    await rpc.connect()
    other.destroy()
    await passes(0)
    expect(rpc.connection.state).toBe('waiting')
    quiet(rpc.invoke('add'))
    await passes(10_000)
    expect(warnings()).toEqual([])
  })

  test('does not come when the peer connects or this side closes in time, and leaves no timer', async () => {
    const { left, right } = linkedPair()
    const rpc = make({ transport: left, connectTimeout: 0 })
    quiet(rpc.invoke('add'))
    const closed = make({ transport: linkedPair().left, connectTimeout: 0 })
    quiet(closed.invoke('add'))
    await passes(2_000)
    make({ transport: right, methods: { add: () => 1 } })
    closed.destroy()
    await passes(0)
    expect(vi.getTimerCount()).toBe(0)
    await passes(5_000)
    expect(warnings()).toEqual([])
  })

  test('is a diagnostic instead where somebody listens, on reconnect too, once each time', async () => {
    const events: Diagnostic[] = []
    const { left, right } = linkedPair()
    const rpc = make({
      transport: { ...left, successor: true },
      connectTimeout: 0,
      onDiagnostic: (event) => events.push(event),
    })
    quiet(rpc.invoke('add'))
    quiet(rpc.invoke('add'))
    await passes(20_000)
    const waiting = (): Diagnostic[] => events.filter(({ kind }) => kind === 'waiting')
    expect(waiting()).toEqual([
      {
        kind: 'waiting',
        about: 'transport',
        error: expect.objectContaining({ message: expect.stringContaining(rpc.connection.explanation) }),
      },
    ])
    const other = new RPC({ transport: right, methods: { add: () => 1 } })
    await passes(0)
    expect(rpc.connection.state).toBe('connected')
    other.destroy()
    await passes(0)
    expect(rpc.connection.state).toBe('waiting')
    quiet(rpc.invoke('add'))
    await passes(20_000)
    expect(waiting()).toHaveLength(2)
    expect(warnings()).toEqual([])
  })

  test('does not come for a plain peer, nor without the feature', async () => {
    quiet(make({ transport: linkedPair().left, plain: true }).invoke('add'))
    const core = new CoreRPC({ transport: linkedPair().left })
    onTestFinished(() => core.destroy())
    quiet(core.invoke('add'))
    const without = new CoreRPC({
      transport: linkedPair().left,
      use: all.filter((feature) => feature !== (diagnostics as unknown)),
    })
    onTestFinished(() => without.destroy())
    quiet(without.invoke('add'))
    await passes(10_000)
    expect(warnings()).toEqual([])
  })

  test('does not come in realms without a console, or with one that cannot warn', async () => {
    for (const console of [undefined, {}]) {
      vi.stubGlobal('console', console)
      quiet(make({ transport: linkedPair().left }).invoke('add'))
      await passes(10_000)
    }
    vi.unstubAllGlobals()
    expect(warnings()).toEqual([])
  })

  test('does not come, and nothing throws, in realms without timers', async () => {
    const { setTimeout, clearTimeout } = globalThis
    vi.stubGlobal('setTimeout', undefined)
    vi.stubGlobal('clearTimeout', undefined)
    const { left, right } = linkedPair({ manual: true })
    const rpc = new RPC({ transport: left, connectTimeout: 0 })
    const call = rpc.invoke('add')
    const other = new RPC({ transport: right, connectTimeout: 0, methods: { add: () => 7 } })
    expect(rpc.connection.explanation).not.toBe('')
    vi.stubGlobal('setTimeout', setTimeout)
    vi.stubGlobal('clearTimeout', clearTimeout)
    for (let i = 0; i < 20; i++) {
      await Promise.resolve()
      const link = left as unknown as { deliver?: () => void }
      link.deliver?.()
    }
    rpc.destroy()
    other.destroy()
    await call.catch(() => {})
    expect(warnings()).toEqual([])
  })
})

test('C44: its timer keeps no process alive', async () => {
  const scripts = await bundleScripts(fileURLToPath(new URL('scripts/', import.meta.url)), ['waits'])
  onTestFinished(() => scripts.remove())
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [scripts.path('waits')])
  expect([stdout.trim(), stderr]).toEqual(['waits', ''])
})
