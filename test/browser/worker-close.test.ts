import { expect, onTestFinished, test } from 'vitest'
import { ErrorCode, rpcOf, wrap } from '../../src/index.ts'

interface Api {
  hang(): Promise<void>
  quit(): void
}

test('S43: a worker that closes itself is gone: what is pending rejects, and later calls do at once', async () => {
  const worker = new Worker(new URL('./workers/closing.ts', import.meta.url), { type: 'module' })
  onTestFinished(() => worker.terminate())
  const remote = wrap<Api>(worker)
  const pending = [remote.hang(), remote.hang(), remote.quit()].map((call) =>
    call.catch((error: unknown) => Reflect.get(Object(error), 'code') as unknown),
  )
  expect((await Promise.all(pending)).slice(0, 2)).toEqual([ErrorCode.PEER_GONE, ErrorCode.PEER_GONE])
  await expect(remote.hang()).rejects.toMatchObject({ code: ErrorCode.PEER_GONE })
})

test('S43: a worker that is terminated behind the back of its owner object is gone', async () => {
  const worker = new Worker(new URL('./workers/closing.ts', import.meta.url), { type: 'module' })
  const remote = wrap<Api>(worker)
  const calls = Array.from({ length: 10 }, () => remote.hang())
  const outcomes = calls.map((call) =>
    call.catch((error: unknown) => Reflect.get(Object(error), 'code') as unknown),
  )
  // What is told by the worker's lock is known when it has been asked for.
  await expect.poll(async () => (await navigator.locks.query()).pending?.length).toBeGreaterThan(0)
  Worker.prototype.terminate.call(worker)
  expect(await Promise.all(outcomes)).toEqual(Array.from({ length: 10 }, () => ErrorCode.PEER_GONE))
})

test('S56: a worker that has nothing to do holds no lock, and destroy leaves none behind', async () => {
  const worker = new Worker(new URL('./workers/idle.ts', import.meta.url), { type: 'module' })
  onTestFinished(() => worker.terminate())
  const remote = wrap<{ later(ms: number): Promise<void> }>(worker)
  const ours = async (): Promise<number> => {
    const { held = [], pending = [] } = await navigator.locks.query()
    return [...held, ...pending].filter(({ name }) => name?.startsWith('portcall:')).length
  }
  await remote.later(1)
  await expect.poll(ours).toBe(2)
  await expect.poll(ours, { timeout: 45_000 }).toBe(0)
  await remote.later(1)
  await expect.poll(ours).toBe(2)
  rpcOf(remote).destroy()
  await expect.poll(ours, { timeout: 45_000 }).toBe(0)
})
