import { expect, test } from 'vitest'
import {
  batch,
  batches,
  encoding,
  errorDetails,
  findUncloneable,
  frames,
  RPC as CoreRPC,
  transferChecks,
  type Use,
} from '../../src/core.ts'
import { ErrorCode, RPC } from '../../src/index.ts'
import { linkedPair } from '../../src/testing.ts'

/** What portcall/core 0.1.0 had. */
const use: Use = [encoding, errorDetails, findUncloneable, frames, batches, transferChecks]

const methods = {
  add: (a: number, b: number) => a + b,
  make: () => () => 1,
  echo: (value: unknown) => value,
  fail: () => {
    throw new RangeError('too far')
  },
}

for (const text of [false, true]) {
  const medium = text ? 'text' : 'clone'

  test(`${medium}: portcall/core and portcall understand each other`, async () => {
    const link = linkedPair({ text })
    using core = new CoreRPC({ transport: link.left, methods, use })
    using whole = new RPC({ transport: link.right, methods })
    expect(await core.invoke('add', [1, 2])).toBe(3)
    expect(await whole.remote<typeof methods>().add(3, 4)).toBe(7)
    expect(await batch(core, (call) => [call('add', [1, 1]), call('add', [2, 2])])).toEqual([2, 4])
    await expect(core.invoke('fail')).rejects.toBeInstanceOf(RangeError)
    const many = Array.from({ length: 200 }, (_, i) => core.invoke('add', [i, 1]))
    expect(await Promise.all(many)).toEqual(Array.from({ length: 200 }, (_, i) => i + 1))
  })

  test(`${medium}: what portcall/core does not take is refused by both, and says where it stands`, async () => {
    const link = linkedPair({ text })
    using core = new CoreRPC({ transport: link.left, methods, use })
    using whole = new RPC({ transport: link.right, methods })
    await core.connect()
    await whole.connect()
    const refusal = {
      code: ErrorCode.UNDELIVERABLE,
      message: expect.stringContaining('params[0].fn is a function'),
    }
    await expect(core.invoke('echo', [{ fn() {} }])).rejects.toMatchObject(refusal)
    await expect(whole.invoke('echo', [{ fn() {} }])).rejects.toMatchObject(refusal)
    await expect(core.invoke('make')).rejects.toMatchObject({
      code: ErrorCode.INTERNAL_ERROR,
      message: expect.stringContaining('result is a function'),
    })
    await expect(whole.invoke('make')).rejects.toMatchObject({ code: ErrorCode.INTERNAL_ERROR })
  })
}

test('text: with `encoding` what JSON lacks crosses, and nothing moves', async () => {
  const link = linkedPair({ text: true })
  using core = new CoreRPC({ transport: link.left, use })
  using _ = new RPC({ transport: link.right, methods })
  const value = { at: new Date(0), n: Number.NaN, map: new Map([[1n, undefined]]) }
  expect(await core.invoke('echo', [value])).toEqual(value)
  const buffer = new ArrayBuffer(1)
  await expect(core.invoke('echo', [1], { transfer: [buffer] })).rejects.toMatchObject({
    code: ErrorCode.UNDELIVERABLE,
  })
  expect(buffer.byteLength).toBe(1)
})

test('portcall/core takes no emitters, and constructs nothing without the feature', () => {
  const event = { emit() {}, on() {}, off() {} }
  expect(() => new CoreRPC({ event })).toThrow(/Pass a Worker, .* or a Transport/)
  using core = new CoreRPC({ transport: linkedPair().left })
  expect(() => core.construct('Counter', [])).toThrow(/`classes`: add it to `use`/)
})
