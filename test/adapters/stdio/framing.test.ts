import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createCutter, type Framing, frameText } from '../../../src/adapters/stdio/framing.ts'
import { ErrorCode } from '../../../src/index.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true })

/** Push parts, and take what is whole after each. */
function cut(framing: Framing, parts: readonly Uint8Array[], maxLength = 1_000_000): string[] {
  const cutter = createCutter(framing, maxLength)
  const texts: string[] = []
  for (const part of parts) {
    // As Node hands out views of a pool that is used again.
    const copy = part.slice()
    cutter.push(copy)
    for (let bytes; (bytes = cutter.next());) texts.push(decoder.decode(bytes))
    if (cutter.size() === 0) copy.fill(0)
  }
  return texts
}

const bytes = (text: string): Uint8Array => encoder.encode(text)

for (const framing of ['newline', 'content-length'] as const) {
  test(`${framing}: any messages arrive whole and in order, wherever the bytes are cut`, () => {
    const value = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary', maxLength: 300 }))
    fc.assert(
      fc.property(fc.array(value), fc.array(fc.nat(400)), (values, sizes) => {
        const texts = values.map((one) => JSON.stringify(one))
        const whole = Buffer.concat(texts.map((text) => frameText(text, framing, 1_000_000)))
        const parts: Uint8Array[] = []
        let at = 0
        for (const size of sizes) parts.push(whole.subarray(at, (at += size)))
        parts.push(whole.subarray(at))
        expect(cut(framing, parts)).toEqual(texts)
      }),
    )
  })

  test(`${framing}: one byte at a time`, () => {
    const text = JSON.stringify({ text: 'ü€\u{1F600}' })
    const whole = frameText(text, framing, 1_000)
    const parts = [...whole, ...whole].map((byte) => Uint8Array.of(byte))
    expect(cut(framing, parts)).toEqual([text, text])
  })

  test(`${framing}: what is too large is refused before it is there as a whole`, () => {
    const cutter = createCutter(framing, 100)
    const tooLarge = expect.objectContaining({ code: ErrorCode.TOO_LARGE }) as unknown
    cutter.push(frameText('x'.repeat(200), framing, 1_000).subarray(0, 150))
    expect(() => cutter.next()).toThrow(tooLarge as Error)
    expect(() => frameText('€'.repeat(50), framing, 100)).toThrow(tooLarge as Error)
    expect(cut(framing, [frameText('x'.repeat(100), framing, 100)], 100)).toEqual(['x'.repeat(100)])
  })
}

test('newline: empty lines are skipped, and a line may end by CR LF', () => {
  expect(cut('newline', [bytes('\n\r\n1\r\n\n2\n\n3')])).toEqual(['1', '2'])
})

test('content-length: names in any case, other headers and spaces are taken', () => {
  for (const header of [
    'content-length:2',
    'CONTENT-LENGTH: \t2\t',
    'Content-Type: application/vscode-jsonrpc; charset=utf-8\r\nContent-Length: 2',
    'Content-Length: 2\r\nX-Any: ',
  ])
    expect(cut('content-length', [bytes(`${header}\r\n\r\n42Content-Length: 0\r\n\r\n`)])).toEqual(['42', ''])
})

test.for([
  'Content-Length: -1\r\n\r\n',
  'Content-Length: 0x10\r\n\r\n',
  'Content-Length: 1e3\r\n\r\n',
  'Content-Length: 9999999999999999999\r\n\r\n',
  'Content-Length: \r\n\r\n',
  'Content-Length 2\r\n\r\n',
  'Content-Length : 2\r\n\r\n',
  ' Content-Length: 2\r\n\r\n',
  'Content-Length: 2\r\nContent-Length: 2\r\n\r\n',
  'Content-Length: 2\n\r\n\r\n',
  'Content-Type: x\r\n\r\n',
  '\r\n\r\n',
  '{"jsonrpc":"2.0"}\r\n\r\n',
  `X: ${'x'.repeat(9_000)}`,
  `Content-Length: 2\r\nX: ${'x'.repeat(9_000)}\r\n\r\n42`,
])('content-length: %j is the end', (header) => {
  const cutter = createCutter('content-length', 1_000_000)
  cutter.push(bytes(header))
  expect(() => cutter.next()).toThrow(Error)
})

test('newline: 16 MB in small parts, and what follows', () => {
  const cutter = createCutter('newline', 20_000_000)
  const part = new Uint8Array(1_000).fill(120)
  for (let i = 0; i < 16_000; i++) {
    cutter.push(part)
    if (cutter.next()) throw new Error('It is not whole')
  }
  cutter.push(bytes('\n1\n'))
  expect(cutter.next()?.length).toBe(16_000_000)
  expect(decoder.decode(cutter.next())).toBe('1')
  expect(cutter.size()).toBe(0)
})
