/** Streams of this process, written by hand: what a child cannot be made to do. */
import { PassThrough } from 'node:stream'
import { expect, onTestFinished, test } from 'vitest'
import { type StdioOptions, stdioTransport } from '../../../src/adapters/stdio/stdio.ts'
import { type Diagnostic, ErrorCode, RPC, type Transport } from '../../../src/index.ts'
import { rejection } from '../../contract/fixture.ts'
import { keepIn } from '../../late.ts'

interface Streams {
  readonly readable: PassThrough
  readonly writable: PassThrough
  readonly transport: Transport
}

function streams(options: Partial<StdioOptions> = {}): Streams {
  const readable = new PassThrough()
  const writable = new PassThrough()
  return { readable, writable, transport: stdioTransport({ readable, writable, ...options }) }
}

interface Plain {
  readonly rpc: RPC
  readonly noted: unknown[]
  readonly diagnostics: Diagnostic[]
}

function start(transport: Transport): Plain {
  const noted: unknown[] = []
  const diagnostics: Diagnostic[] = []
  const rpc = new RPC({
    transport,
    plain: true,
    methods: { note: (value: unknown) => noted.push(value) },
    onDiagnostic: keepIn(diagnostics),
  })
  onTestFinished(() => rpc.destroy())
  return { rpc, noted, diagnostics }
}

const note = (value: unknown): string =>
  `${JSON.stringify({ jsonrpc: '2.0', method: 'note', params: [value] })}\n`

test('text that is not UTF-8 is answered -32700, and the connection lives', async () => {
  const { readable, writable, transport } = streams()
  const { noted, diagnostics } = start(transport)
  readable.write(Buffer.from([0x22, 0xff, 0x22, 0x0a]))
  readable.write(note('ü'))
  await expect.poll(() => noted).toEqual(['ü'])
  expect(diagnostics).toMatchObject([{ kind: 'unreadable' }])
  expect(JSON.parse(String(writable.read()))).toMatchObject({ id: null, error: { code: -32700 } })
})

test('a stream that has an encoding gives strings, which are taken', async () => {
  const { readable, transport } = streams()
  readable.setEncoding('utf8')
  const { noted } = start(transport)
  const bytes = Buffer.from(note('€\u{1F600}'))
  for (const byte of bytes) readable.write(Uint8Array.of(byte))
  await expect.poll(() => noted).toEqual(['€\u{1F600}'])
})

test('destroy pauses the readable; the next RPC goes on where the one before was, in the middle of a message', async () => {
  const { readable, transport } = streams()
  const first = start(transport)
  const bytes = Buffer.from(note(1) + note('the second'))
  readable.write(bytes.subarray(0, -5))
  await expect.poll(() => first.noted).toEqual([1])
  first.rpc.destroy()
  expect(readable.isPaused()).toBe(true)
  expect(readable.listenerCount('data')).toBe(0)
  readable.write(bytes.subarray(-5))
  const second = start(transport)
  await expect.poll(() => second.noted).toEqual(['the second'])
  expect(first.noted).toEqual([1])
})

test('what arrived behind a message that destroys the RPC is the next one’s', async () => {
  const { readable, transport } = streams()
  const first = start(transport)
  first.rpc.registerMethod('end', () => first.rpc.destroy())
  readable.write(`{"jsonrpc":"2.0","method":"end"}\n${note('behind')}`)
  await expect.poll(() => readable.listenerCount('data')).toBe(0)
  const second = start(transport)
  await expect.poll(() => second.noted).toEqual(['behind'])
  expect(first.noted).toEqual([])
})

test('a goodbye that cannot be written ends nobody', async () => {
  const { transport, writable } = streams()
  writable._write = (_chunk, _encoding, done) => {
    setTimeout(() => done(new Error('EPIPE')), 1)
  }
  const rpc = new RPC({ transport })
  rpc.destroy()
  await expect.poll(() => writable.destroyed).toBe(true)
  expect(await rejection(rpc.invoke('x'))).toMatchObject({ code: ErrorCode.CLOSED })
})

test('after the writable has ended a call is refused, and an answer is nobody’s error', async () => {
  const { readable, writable, transport } = streams()
  const { rpc, diagnostics } = start(transport)
  writable.end()
  expect(await rejection(rpc.invoke('x'))).toMatchObject({
    code: ErrorCode.UNDELIVERABLE,
    message: expect.stringContaining('The stream has ended'),
  })
  readable.write('{"jsonrpc":"2.0","id":1,"method":"note"}\n')
  await expect.poll(() => diagnostics).toMatchObject([{ kind: 'undeliverable' }])
})

test('the end in the middle of a message says so', async () => {
  const { readable, transport } = streams()
  const { rpc } = start(transport)
  const call = rejection(rpc.invoke('x'))
  readable.end('{"jsonrpc"')
  expect(await call).toMatchObject({
    code: ErrorCode.PEER_GONE,
    message: expect.stringContaining('the stream ended in the middle of a message'),
  })
})

test('another framing is a TypeError', () => {
  expect(() => streams({ framing: 'lines' as 'newline' })).toThrow(TypeError)
})
