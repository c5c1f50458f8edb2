/** Parts of messages that a hostile peer sends, and a channel whose other side takes nothing. */
import { expect, onTestFinished, test } from 'vitest'
import {
  type DataChannelLike,
  type DataChannelOptions,
  dataChannelTransport,
} from '../../../src/adapters/data-channel/data-channel.ts'
import { joinParts, partsOf } from '../../../src/adapters/data-channel/message-parts.ts'
import { type Diagnostic, ErrorCode, type RPC } from '../../../src/index.ts'
import { rejection, start, within } from '../../contract/fixture.ts'
import { collect } from '../../features/encoding/collect.ts'
import { keepIn } from '../../late.ts'
import { allSettle, largeMethods, streamEnds } from '../slow-reader.ts'

const MINUTE = 60_000

interface Joined {
  readonly push: (data: unknown) => void
  readonly whole: string[]
  readonly lost: unknown[]
}

function joining(maxLength: number): Joined {
  const whole: string[] = []
  const lost: unknown[] = []
  const push = joinParts(
    maxLength,
    (text) => void whole.push(text),
    (...told) => void lost.push(told),
  )
  return { push, whole, lost }
}

/** @returns by how many bytes the heap has grown. */
async function grownBy(step: () => void): Promise<number> {
  await collect()
  const before = process.memoryUsage().heapUsed
  step()
  await collect()
  return process.memoryUsage().heapUsed - before
}

test('A24: 5 million empty parts keep nothing, and what follows is read', { timeout: MINUTE }, async () => {
  const { push, whole, lost } = joining(1_000)
  push('(a')
  const grown = await grownBy(() => {
    for (let i = 0; i < 5_000_000; i++) push('+')
  })
  expect(grown).toBeLessThan(4_000_000)
  push(')b')
  push('{}')
  expect(whole).toEqual(['ab', '{}'])
  expect(lost).toEqual([])
})

test(
  'A24: a million parts of one character keep about as much as they are long',
  { timeout: MINUTE },
  async () => {
    const { push, whole } = joining(2_000_000)
    push('(')
    const grown = await grownBy(() => {
      for (let i = 0; i < 1_000_000; i++) push(`+${'abcdefghij'[i % 10]}`)
    })
    expect(grown).toBeLessThan(5_000_000)
    push(')')
    expect(whole).toEqual(['abcdefghij'.repeat(100_000)])
  },
)

test('A24: tiny parts cost as much as they are many', { timeout: MINUTE }, () => {
  const timeOf = (count: number): number => {
    const { push, whole } = joining(count + 1)
    const began = performance.now()
    push('(')
    for (let i = 0; i < count; i++) push('+x')
    push(')')
    expect(whole[0]?.length).toBe(count)
    return performance.now() - began
  }
  timeOf(200_000)
  const small = Math.min(timeOf(200_000), timeOf(200_000), timeOf(200_000))
  expect(timeOf(1_600_000) / small).toBeLessThan(40)
})

test('A24: parts over the limit are let go of, and counted from zero again', () => {
  const { push, whole, lost } = joining(10)
  for (const part of ['(12345', '+6789', '+01', '+x', ')y', '(1', ')2']) push(part)
  expect(whole).toEqual(['12'])
  expect(lost).toMatchObject([[{ code: ErrorCode.TOO_LARGE }, true]])
})

test('A24: parts of any size are put together as they were', () => {
  const text = 'aä€\u{1F600}'.repeat(50_000)
  for (const size of [2, 3, 1_000, 65_536, 100_000]) {
    const { push, whole } = joining(text.length)
    partsOf(text, size).forEach(push)
    expect(whole[0] === text).toBe(true)
  }
})

interface Ends {
  readonly here: FakeChannel
  readonly there: FakeChannel
}

type Listener = (event: object) => void

/** One end of a channel that delivers so many characters in a task, like a slow connection. */
class FakeChannel implements DataChannelLike {
  readonly ordered = true
  readonly maxPacketLifeTime = null
  readonly maxRetransmits = null
  readyState = 'open'
  bufferedAmount = 0
  most = 0
  isStuck = false
  other: FakeChannel | undefined
  readonly #listeners = new Map<string, Set<Listener>>()
  #queue: string[] = []
  #isRunning = false

  send(text: string): void {
    this.bufferedAmount += text.length
    this.most = Math.max(this.most, this.bufferedAmount)
    this.#queue.push(text)
    this.run()
  }
  run(): void {
    if (this.#isRunning || this.isStuck) return
    this.#isRunning = true
    setImmediate(() => {
      this.#isRunning = false
      const sent = this.#queue.splice(0, 20)
      for (const text of sent) this.other?.fire('message', { data: text })
      this.bufferedAmount = this.#queue.reduce((sum, { length }) => sum + length, 0)
      if (!this.bufferedAmount) this.fire('bufferedamountlow', {})
      if (this.#queue.length) this.run()
    })
  }
  close(): void {
    this.readyState = 'closed'
    this.fire('close', {})
    if (this.other?.readyState === 'open') this.other.close()
  }
  fire(type: string, event: object): void {
    for (const listener of this.#listeners.get(type) ?? []) listener(event)
  }
  addEventListener(type: string, listener: Listener): void {
    this.#listeners.set(type, (this.#listeners.get(type) ?? new Set()).add(listener))
  }
  removeEventListener(type: string, listener: Listener): void {
    this.#listeners.get(type)?.delete(listener)
  }
}

function channels(): Ends {
  const [here, there] = [new FakeChannel(), new FakeChannel()]
  here.other = there
  there.other = here
  return { here, there }
}

interface Pair extends Ends {
  readonly rpc: RPC
  readonly served: RPC
  readonly diagnostics: Diagnostic[]
}

function pair(options: DataChannelOptions = {}, own: DataChannelOptions = {}): Pair {
  const ends = channels()
  const diagnostics: Diagnostic[] = []
  const served = start({ transport: dataChannelTransport(ends.there, options), methods: largeMethods })
  const rpc = start({
    transport: dataChannelTransport(ends.here, own),
    onDiagnostic: keepIn(diagnostics),
  })
  return { ...ends, rpc, served, diagnostics }
}

test('A13: 40 results of 1 MB at once all settle where 4 MB may wait', { timeout: MINUTE }, async () => {
  const { rpc, there } = pair({ maxBuffered: 4_000_000 })
  const refused = await allSettle(rpc)
  expect(refused).toBeGreaterThan(0)
  expect(refused).toBeLessThan(40)
  expect(there.most).toBeLessThan(1_200_000)
})

test('A13: streams of large items go on to their end where 1 MB may wait', { timeout: MINUTE }, async () => {
  const { rpc } = pair({ maxBuffered: 1_000_000 })
  const streams = [streamEnds(rpc), streamEnds(rpc), streamEnds(rpc)]
  expect(await Promise.all(streams)).toEqual([30, 30, 30])
})

test('A13: one that takes nothing is cut, and its calls settle', { timeout: MINUTE }, async () => {
  const { rpc, served, there } = pair({ maxBuffered: 100_000 })
  await rpc.connect()
  there.isStuck = true
  let isGone = false
  served.onPeer((state) => (isGone ||= state === 'gone'))
  const calls = Array.from({ length: 17_000 }, () =>
    rpc.invoke('large', [200]).catch((error: unknown) => error),
  )
  await expect.poll(() => isGone, { timeout: MINUTE }).toBe(true)
  for (const error of await within(MINUTE, Promise.all(calls)))
    expect(error).toMatchObject({ code: ErrorCode.PEER_GONE })
})

test('A20: an answer that is longer than this side takes rejects its call, and the next is answered', async () => {
  const { rpc, diagnostics } = pair({}, { maxLength: 10_000 })
  expect(await within(MINUTE, rejection(rpc.invoke('large', [20_000])))).toMatchObject({
    code: ErrorCode.UNDELIVERABLE,
  })
  expect(diagnostics).toMatchObject([{ kind: 'unreadable', error: { code: ErrorCode.TOO_LARGE } }])
  expect(await rpc.invoke('add', [1, 2])).toBe(3)
})

test('A20: text that is no JSON rejects no call', async () => {
  const { rpc, there } = pair()
  await rpc.connect()
  const call = rpc.invoke('add', [1, 2])
  there.send('a log line')
  expect(await within(MINUTE, call)).toBe(3)
  onTestFinished(() => there.close())
})
