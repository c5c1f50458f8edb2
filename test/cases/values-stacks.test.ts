/** C16: what the stack of an error shows that was thrown in a worker. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { rolldown } from 'rolldown'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { type ErrorDetail, rpcOf, wrap } from '../../src/index.ts'
import { pairOver, rejection } from './media.ts'

interface Thrower {
  atOnce(): void
  later(): Promise<void>
  items(): AsyncIterable<number>
  calls(callback: () => Promise<unknown>): Promise<unknown>
  Maker: new (fails: boolean) => object
}

const folder = mkdtempSync(join(tmpdir(), 'portcall-cases-'))
beforeAll(async () => {
  const bundle = await rolldown({
    input: fileURLToPath(new URL('./scripts/thrower.ts', import.meta.url)),
    platform: 'node',
  })
  for (const minify of [false, true])
    await bundle.write({ file: join(folder, `${String(minify)}.mjs`), format: 'esm', minify })
  await bundle.close()
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function start(minify: boolean, errors?: ErrorDetail): { remote: ReturnType<typeof wrap<Thrower>> } {
  const worker = new Worker(join(folder, `${String(minify)}.mjs`))
  onTestFinished(async () => void (await worker.terminate()))
  const remote = wrap<Thrower>(worker, errors && { errors })
  onTestFinished(() => rpcOf(remote).destroy())
  return { remote }
}

const calls: Readonly<Record<string, (remote: ReturnType<typeof wrap<Thrower>>) => Promise<unknown>>> = {
  'a method': (remote) => remote.atOnce(),
  'a method after an await': (remote) => remote.later(),
  'a stream': async (remote) => {
    for await (const _ of remote.items());
  },
  'a constructor': (remote) => new remote.Maker(true) as never,
}

const framesOf = ({ stack = '' }: Error): string[] =>
  stack.split('\n').filter((line) => line.startsWith('    at '))

for (const minify of [false, true])
  for (const [what, call] of Object.entries(calls))
    test(`C16: the stack of ${what} shows where it was thrown, and nothing of this library (${minify ? 'minified' : 'as written'})`, async () => {
      const { remote } = start(minify)
      async function theCaller(): Promise<void> {
        await call(remote)
      }
      const error = await rejection(theCaller())
      expect(error).toBeInstanceOf(TypeError)
      const frames = framesOf(error)
      const there = frames.filter((line) => line.includes(folder))
      expect(there.length).toBeGreaterThan(0)
      expect(there.length).toBeLessThanOrEqual(3)
      expect(minify || there[0]?.includes('deepest')).toBe(true)
      expect(frames.slice(0, there.length)).toEqual(there)
      expect(error.stack).not.toContain('portcall:call')
      expect(error.stack).not.toMatch(/\/src\//)
      // Below it, who awaits it. Of the consumer of a stream nobody knows that.
      expect(what === 'a stream' || frames.slice(there.length).join('\n').includes('theCaller')).toBe(true)
    })

test('C16: callbacks of this side alike', async () => {
  const { remote } = start(false)
  const error = await rejection(
    remote.calls(async function passedHere() {
      await Promise.resolve()
      throw new RangeError('in the callback')
    }),
  )
  expect(error.stack).toContain('passedHere')
})

for (const errors of ['fields', 'message'] as const)
  test(`C16, S39: no stack is taken where the option errors is ${errors}`, async () => {
    const { remote } = start(false, errors)
    expect((await rejection(remote.atOnce())).stack).not.toContain(folder)
  })

test('C16: between strangers it is as before', async () => {
  const { left } = await pairOver(
    'channel',
    {},
    {
      methods: {
        fail: function inTheHandler() {
          throw new Error('x')
        },
      },
    },
  )
  expect((await rejection(left.invoke('fail'))).stack).not.toContain('inTheHandler')
})

test('C16: no Error is made for a call that succeeds, whatever the option says', async () => {
  const { left } = await pairOver(
    'trustedChannel',
    { errors: 'stack' },
    { methods: { add: (a: number) => a } },
  )
  let made = 0
  const real = globalThis.Error
  class Counting extends real {
    constructor(...args: ConstructorParameters<ErrorConstructor>) {
      super(...args)
      made++
    }
  }
  globalThis.Error = Counting as unknown as ErrorConstructor
  try {
    for (let i = 0; i < 100; i++) await left.invoke('add', [i])
  } finally {
    globalThis.Error = real
  }
  expect(made).toBe(0)
})
