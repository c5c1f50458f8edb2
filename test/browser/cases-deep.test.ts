/** Values that are nested deeper than any stack, between a page and its worker (C51). */
import { expect, onTestFinished, test } from 'vitest'
import { type Remote, type RPCError, wrap } from '../../src/index.ts'
import { type DeepApi, describe, kinds, make, thrown } from '../cases/peers/deep-values.ts'

const LEVELS = 5_000

function worker(): Remote<DeepApi> {
  const made = new Worker(new URL('./cases/deep-worker.ts', import.meta.url), { type: 'module' })
  onTestFinished(() => made.terminate())
  return wrap<DeepApi>(made)
}

test.for(Object.keys(kinds))(
  'C51: %s go there and back 5,000 deep, before the hello and after it',
  async (kind) => {
    const remote = worker()
    const text = describe(make(kind, LEVELS))
    expect((await remote.describe(make(kind, LEVELS))) === text).toBe(true)
    expect(describe(await remote.echo(make(kind, LEVELS))) === text).toBe(true)
    expect(describe(await remote.make(kind, LEVELS)) === text).toBe(true)
    const error = await Promise.resolve(remote.fail(kind, LEVELS)).catch((error: unknown) => error)
    expect(describe((error as RPCError).data) === text).toBe(true)
    for await (const item of remote.each(kind, LEVELS)) expect(describe(item) === text).toBe(true)
    expect((await remote.run(async (value) => value, kind, LEVELS)) === text).toBe(true)
    expect((await remote.caught(async () => thrown(kind, LEVELS))) === text).toBe(true)
  },
)
