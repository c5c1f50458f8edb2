/** Deadlines that pass while this side is busy, or asleep. */
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { processTransport } from '../../src/adapters/process/process.ts'
import { channelTransport, rpcOf, type Transport, withOptions, wrap } from '../../src/index.ts'
import { bundleScripts, type Scripts } from '../adapters/process/scripts.ts'
import { alone, outcomeOf, rejection, result, turn } from '../peer/pair.ts'
import { helloAnswer, sessionOf } from '../peer/peer.ts'

interface Api {
  ping(): string
  slow(ms: number): Promise<string>
}

let scripts: Scripts<'thread' | 'child'>
beforeAll(async () => {
  scripts = await bundleScripts(fileURLToPath(new URL('./peers/', import.meta.url)), ['thread', 'child'])
}, 60_000)
afterAll(() => scripts.remove())

/** Keep this side from hearing anything for a while, so that its timers ring before it reads what has come. */
async function work(ms: number): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
  const end = performance.now() + ms
  while (performance.now() < end);
}

const media: readonly [string, () => Transport | Worker][] = [
  [
    'a thread',
    () => {
      const worker = new Worker(scripts.path('thread'))
      onTestFinished(() => void worker.terminate())
      return worker
    },
  ],
  [
    'a child process',
    () => {
      const child = fork(scripts.path('child'))
      onTestFinished(() => void child.kill('SIGKILL'))
      return processTransport(child)
    },
  ],
]

describe.each(media)('C47: with %s', (_, open) => {
  test('C47: an answer that came while this side worked is no timeout', async () => {
    using remote = wrap<Api>(open())
    await remote.ping()
    for (const ms of [30, 100]) {
      const call = withOptions(remote, { timeout: ms }).ping()
      await work(3 * ms)
      expect(await call).toBe('pong')
    }
  })

  test('C47: so are many answers', async () => {
    using remote = wrap<Api>(open())
    await remote.ping()
    const calls = Array.from({ length: 2_000 }, () => withOptions(remote, { timeout: 100 }).ping())
    await work(1_500)
    expect(new Set(await Promise.all(calls))).toEqual(new Set(['pong']))
  })

  test('C47: nor is one that waits for the hello, which came then', async () => {
    using remote = wrap<Api>(open(), { connectTimeout: 1_000 })
    const call = withOptions(remote, { timeout: 1_200 }).ping()
    await work(1_500)
    expect(await call).toBe('pong')
  })

  test('C47: nor is connect(ms)', async () => {
    using remote = wrap<Api>(open())
    const connected = rpcOf(remote).connect(1_200)
    await work(1_500)
    expect(await connected).toBeUndefined()
  })

  test('C47: a call that is not answered times out all the same', async () => {
    using remote = wrap<Api>(open())
    await remote.ping()
    const call = withOptions(remote, { timeout: 50 }).slow(60_000)
    await work(100)
    expect(await rejection(call)).toMatchObject({ code: -32300, data: { timeout: 50 } })
  })
})

describe('C47: by a clock that sleeps', () => {
  afterEach(() => {
    vi.useRealTimers()
    slept = 0
  })

  let slept = 0

  /** The machine sleeps: its clock goes on, its timers do not. */
  function sleep(ms: number): void {
    slept += ms
    if (slept > ms) return
    const now = performance.now.bind(performance)
    vi.spyOn(performance, 'now').mockImplementation(() => now() + slept)
    onTestFinished(() => void vi.restoreAllMocks())
  }

  test('C47: a deadline that passed in the sleep leaves time for the answer, once', async () => {
    vi.useFakeTimers()
    using client = alone()
    const first = client.rpc.invoke('x', null, { timeout: 5_000 })
    const second = client.rpc.invoke('x', null, { timeout: 5_000 })
    vi.advanceTimersByTime(4_999)
    sleep(3_600_000)
    vi.advanceTimersByTime(1)
    expect(await outcomeOf(first)).toBe('pending')
    vi.advanceTimersByTime(999)
    client.receive(result(1, 'there'))
    expect(await outcomeOf(first)).toEqual({ value: 'there' })
    expect(await outcomeOf(second)).toBe('pending')
    vi.advanceTimersByTime(1)
    expect(await outcomeOf(second)).toEqual({ code: -32300 })
  })

  test('C47: a call that another sleep follows is not kept for ever', async () => {
    vi.useFakeTimers()
    using client = alone()
    const call = client.rpc.invoke('x', null, { timeout: 100 })
    vi.advanceTimersByTime(99)
    sleep(3_600_000)
    vi.advanceTimersByTime(1)
    sleep(7_200_000)
    vi.advanceTimersByTime(1_000)
    expect(await outcomeOf(call)).toEqual({ code: -32300 })
  })

  test('C47: so does the wait for the hello', async () => {
    vi.useFakeTimers()
    using client = alone({ plain: false, connectTimeout: 1_000 })
    const session = sessionOf(client.posted)
    const call = client.rpc.invoke('x', null, { id: 1 })
    const connected = client.rpc.connect()
    vi.advanceTimersByTime(999)
    sleep(3_600_000)
    vi.advanceTimersByTime(1)
    expect(await outcomeOf(connected)).toBe('pending')
    client.receive(helloAnswer(session, 'they'), result(1, 2))
    await connected
    expect(await call).toBe(2)
  })

  test('C47: the heartbeat does not take its own sleep for the silence of the peer', async () => {
    vi.useFakeTimers()
    using client = alone({ plain: false, heartbeat: 1_000 })
    const re = sessionOf(client.posted)
    client.receive(result(re, { session: 'they', version: 1, capabilities: ['ping'], re }))
    const call = client.rpc.invoke('x', null, { id: 1 })
    vi.advanceTimersByTime(1_249)
    sleep(3_600_000)
    vi.advanceTimersByTime(1_000)
    await turn()
    client.receive(result(1, 2))
    expect(await call).toBe(2)
  })
})

test('C47, C44: a peer that answered while this side worked is not warned of', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
  onTestFinished(() => warn.mockRestore())
  const worker = new Worker(scripts.path('thread'))
  onTestFinished(() => void worker.terminate())
  using remote = wrap<Api>(worker)
  const pong = remote.ping()
  await work(3_400)
  expect(await pong).toBe('pong')
  expect(warn.mock.calls).toEqual([])
})

test('C47: a peer of a channel that answered while this side worked is not replaced', async () => {
  const worker = new Worker(scripts.path('thread'), { argv: ['channels'] })
  onTestFinished(() => void worker.terminate())
  using remote = wrap<Api>(channelTransport(worker, 'a'))
  const slow = remote.slow(1_500)
  await remote.ping()
  // Another session greets, so the peer is asked whether it is there; its answer waits in the queue.
  worker.emit('message', { jsonrpc: '2.0', method: 'rpc.connect', params: { session: 'other', name: 'a' } })
  await work(1_300)
  expect(await slow).toBe('late')
})
