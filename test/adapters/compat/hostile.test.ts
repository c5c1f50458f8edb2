/** Malformed frames of rpc-shooter's format. */
import { describe, expect, onTestFinished, test } from 'vitest'
import { rpcShooterTransport } from '../../../src/adapters/compat/compat.ts'
import { type Diagnostic, windowTransport } from '../../../src/index.ts'
import { linkedPair } from '../../../src/testing.ts'
import { start, watchRejections, within } from '../../contract/fixture.ts'
import { openBoth } from './both.ts'

const hostile: unknown[] = [
  null,
  undefined,
  0,
  'syn:add',
  [],
  {},
  { event: 'syn:add' },
  { event: 'syn:add', args: null },
  { event: 'syn:add', args: 'x' },
  { event: 'syn:add', args: [] },
  { event: 'syn:add', args: [null] },
  { event: 'syn:add', args: [1] },
  { event: 'syn:add', args: [{ id: 'a', params: 'x' }] },
  { event: 'syn:add', args: [{ id: 'a', params: null }] },
  { event: 'syn:add', args: [{ id: {}, params: [] }] },
  { event: 'syn:add', args: [{ id: Infinity, params: [] }] },
  { event: 'syn:add', args: [{ id: [], params: [] }] },
  { event: 'syn:toString', args: [{ params: [] }] },
  { event: 'syn:rpc.close', args: [{ params: [] }] },
  { event: 'ack:', args: [] },
  { event: 'ack:add', args: [null] },
  { event: 'ack:add', args: [{}] },
  { event: 'ack:add', args: [{ id: null, result: 1 }] },
  { event: 'ack:add', args: [{ id: {}, result: 1 }] },
  { event: 'ack:add', args: [{ id: 999_999, result: 1 }] },
  { event: 'ack:undefined', args: [{ jsonrpc: '2.0', error: { code: -32601, message: 'x' } }] },
  { event: '__rpc_connect_event', args: [] },
  { event: 'ack:__rpc_connect_event', args: [] },
  { event: 'resize', args: [1, 2] },
  { event: 7, args: [] },
  { event: ['syn:add'], args: [] },
  { jsonrpc: '2.0', id: 1, method: 'add', params: [1, 2] },
  { jsonrpc: '2.0', id: 1, result: 'forged' },
  [{ jsonrpc: '2.0', id: 1, result: 'forged' }],
]

describe('hostile input', () => {
  test.for(hostile.map((frame) => [JSON.stringify(frame), frame] as const))(
    '%s is ignored: nothing runs, is said or thrown',
    async ([, frame]) => {
      const unhandled = watchRejections()
      const { rpc, theirs, said, quiet } = await openBoth({ methods: { add: () => ran.push('add') } })
      const ran: unknown[] = []
      const pending = rpc.invoke('count', [1])
      theirs.postMessage(frame)
      expect(await within(45_000, pending)).toBe(1)
      await quiet()
      expect(said.us).toHaveLength(1)
      expect(ran).toEqual([])
      expect(await unhandled.stop()).toEqual([])
    },
  )

  test('S16: inherited and reserved names are answered -32601', async () => {
    const { theirs, said, quiet } = await openBoth()
    const names = [
      'constructor',
      '__proto__',
      'toString',
      'then',
      'rpc.connect',
      'rpc.call',
      'rpc.discover',
      '',
    ]
    names.forEach((name, i) =>
      theirs.postMessage({ event: `syn:${name}`, args: [{ id: `x${i}`, method: name, params: [] }] }),
    )
    await quiet()
    expect(said.us).toEqual(
      names.map((name, i) => ({
        event: `ack:${name}`,
        args: [{ jsonrpc: '2.0', id: `x${i}`, error: expect.objectContaining({ code: -32601 }) }],
      })),
    )
  })

  test('an answer that is an answer to nobody, 10,000 times, is never answered', async () => {
    const { rpc, theirs, said, quiet } = await openBoth()
    for (let i = 0; i < 10_000; i++)
      theirs.postMessage({ event: 'ack:add', args: [{ jsonrpc: '2.0', id: `x${i}`, result: 1 }] })
    expect(await rpc.invoke('add', [1, 2])).toBe(3)
    await quiet()
    expect(said.us).toHaveLength(1)
  })

  test('a getter that throws is told as a diagnostic, and nothing is thrown', () => {
    const { left, right } = linkedPair()
    const told: Diagnostic[] = []
    let receive = (_data: unknown): void => {}
    const transport = rpcShooterTransport({
      ...left,
      listen: (receiver) => {
        receive = receiver.message
        left.listen(receiver)
      },
    })
    start({ transport, plain: true, onDiagnostic: (event) => told.push(event) })
    right.close()
    const trap = {
      get event(): string {
        throw new Error('a trap')
      },
    }
    expect(() => receive(trap)).not.toThrow()
    expect(() => receive(new Proxy({}, { get: () => trap }))).not.toThrow()
    expect(told).toMatchObject([{ kind: 'unreadable' }])
  })

  test('a window that waits for portcall is refused at once, saying what to pass', () => {
    const target = { closed: false, window: undefined as unknown, postMessage() {} }
    target.window = target
    const { window } = globalThis
    Object.assign(globalThis, { window: {}, origin: 'https://host.example' })
    onTestFinished(() => {
      Object.assign(globalThis, { window })
      Reflect.deleteProperty(globalThis, 'origin')
    })
    const transport = windowTransport(target, { origin: 'https://widget.example' })
    expect(() => rpcShooterTransport(transport)).toThrow(/raw: true/)
  })
})
