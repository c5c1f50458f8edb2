/** C20: what errors say of values that cannot be sent. */
import { expect, onTestFinished, test } from 'vitest'
import { references, RPC as CoreRPC } from '../../src/core.ts'
import { linkedPair } from '../../src/testing.ts'
import { type Medium, pairOver, rejection } from './media.ts'

/** A value below so many members of one name. */
function below(name: string, levels: number, value: unknown): object {
  let at = value
  for (let i = 0; i < levels; i++) at = { [name]: at }
  return at as object
}

for (const medium of ['channel', 'websocket', 'fork advanced'] as Medium[])
  for (const [what, value] of Object.entries({
    'a path of 900 × next': below('next', 900, Symbol('s')),
    'a path that is too deep': below('next', 1_500, 1),
    'a path of 32 × window': below('window', 32, new WeakMap()),
    'one long name': below('x'.repeat(5_000), 1, Symbol('s')),
    'a list deep in lists': below('0', 400, new WeakRef({})),
  }))
    test(`C20: ${what} is shortened in the middle (${medium})`, async () => {
      // What is of one's own making has none (C51).
      const limits = { maxDepth: 1_000 }
      const methods = { take: () => 1, give: () => value }
      const { left } = await pairOver(medium, { limits }, { limits, methods })
      for (const call of [left.invoke('take', [value]), left.invoke('give')]) {
        const { message } = await rejection(call)
        expect(message).toContain(' … ')
        expect(message.length).toBeLessThan(300)
        expect(message).toMatch(/params\[0]|result/)
      }
    })

test('C20: a path of 120 characters is written as it is', async () => {
  const { left } = await pairOver('websocket', {}, { methods: {} })
  const value = below('abcd', 23, Symbol('s'))
  expect((await rejection(left.invoke('take', [value]))).message).toContain(
    `params[0]${'.abcd'.repeat(23)} is a symbol`,
  )
})

const shortLived = (): ArrayBuffer => {
  const buffer = new ArrayBuffer(1)
  structuredClone(buffer, { transfer: [buffer] })
  return buffer
}

for (const medium of ['channel', 'websocket', 'fork advanced'] as Medium[])
  test(`C20: what something is is said in English (${medium})`, async () => {
    const { left } = await pairOver(medium, {}, { methods: {} })
    for (const [value, text] of [
      [new Event('x'), 'is an Event'],
      [new EventTarget(), 'is an EventTarget'],
      [new AbortController(), 'is an AbortController'],
      [new FormData(), 'is a FormData'],
      [new Request('http://a.example'), 'is a Request'],
    ] as const)
      expect((await rejection(left.invoke('take', [{ a: value }]))).message).toContain(`params[0].a ${text}`)
  })

test('C20: of a buffer whose bytes were moved away', async () => {
  const { left } = await pairOver('websocket', {}, { methods: {} })
  expect((await rejection(left.invoke('take', [shortLived()]))).message).toContain(
    'params[0] is an ArrayBuffer',
  )
})

test('C20: of what the peer does not take', async () => {
  const link = linkedPair({ text: true })
  const left = new CoreRPC({ transport: link.left, use: [references] })
  const right = new CoreRPC({ transport: link.right })
  onTestFinished(() => {
    left.destroy()
    right.destroy()
  })
  await left.connect()
  const twice = {}
  for (const [params, text] of [
    [[undefined], 'params[0] is undefined, which'],
    [[twice, twice], 'params[1] stands in another place, too, which'],
    [[1n], 'params[0] is a bigint, which'],
    [[new RangeError('x')], 'params[0] is an Error, which'],
    [[new Uint8Array(1)], 'params[0] is a Uint8Array, which'],
    [[new ArrayBuffer(1)], 'params[0] is an ArrayBuffer, which'],
  ] as [unknown[], string][])
    expect((await rejection(left.invoke('take', params))).message).toContain(text)
})
