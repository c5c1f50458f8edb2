/**
 * What is measured: a process with one RPC, which a hostile peer sends messages to. The test gives orders over IPC, so that a
 * process that aborts or never comes back is a failure and not the end of the test run.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { performance } from 'node:perf_hooks'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type * as current from '../../../src/index.ts'
import { proxy } from '../../../src/index.ts'
import { type Loaded, type Shot } from '../hostile-peer.ts'
import type { Round, Setup, Spent } from '../meter.ts'
import { connectTo, type Link } from './link.ts'

setFlagsFromString('--expose-gc')
const gc = runInNewContext('gc') as () => void

const setup = JSON.parse(process.argv[2] ?? '{}') as Setup
const library = (await (setup.library
  ? import(setup.library)
  : import('../../../src/index.ts'))) as typeof current

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Wait until this thread has nothing left to do. */
async function idle(): Promise<void> {
  for (let calm = 0, tries = 0; calm < 2 && tries < 4_000; tries++) {
    const before = performance.eventLoopUtilization()
    await sleep(2)
    calm = performance.eventLoopUtilization(before).utilization < 0.3 ? calm + 1 : 0
  }
}

class Model {
  run(): string {
    return 'ran'
  }
}

const methods = {
  pong: (last: string) => last,
  take: (...values: unknown[]) => void values,
  later: () => Promise.resolve(),
  // A string of its own, and no rope.
  large: (length: number) => Buffer.alloc(length, 'x').toString('latin1'),
  never: () => new Promise(() => {}),
  async *count() {
    for (let i = 0; ; i++) yield i
  },
  consume: async (items: AsyncIterable<unknown>) => {
    for await (const item of items) void item
  },
  Model,
}

/** Whether a message, a batch or a frame has the answer of this id. */
const isAbout = (message: unknown, id: string): boolean =>
  [message].flat().some((one) => {
    const { id: answered, params } = Object(one) as { readonly id?: unknown; readonly params?: unknown }
    return answered === id || (Array.isArray(params) && params.includes(id))
  })

/** One RPC, until the next family. */
class Receiver {
  readonly #rpc: current.RPC
  readonly #link: Link
  #last = ''
  #answered: () => void = () => {}
  #posted = 0
  /** The methods of what was posted, for a test that fails. */
  #called: unknown[] = []

  private constructor(link: Link) {
    this.#link = link
    this.#rpc = link.connect(library, { methods, connectTimeout: 0, ...setup.options }, (message) =>
      this.#see(message),
    )
  }

  static async connect(): Promise<Receiver> {
    const receiver = new Receiver(await connectTo(setup.medium))
    const rpc = receiver.#rpc
    await rpc.connect(0)
    const object = (library.proxy ?? proxy)({ label: 'label', run: () => 'ran' })
    void rpc.invoke('hold', [object, () => 'called', methods.count()]).catch(() => {})
    return receiver
  }

  #see(message: unknown): void {
    this.#posted++
    const called: unknown = Reflect.get(Object(message), 'method')
    if (called !== undefined) this.#called.push(called)
    if (this.#last && isAbout(message, this.#last)) this.#answered()
  }

  async round({ name, n, calls = 0, like }: Round): Promise<Spent> {
    const last = `last ${++rounds}`
    const shot: Shot = { name, n, last, ...(like && { like }) }
    for (let i = 0; i < calls; i++) void this.#rpc.invoke('never').catch(() => {})
    const { size, count }: Loaded = await this.#link.load(shot)
    await idle()
    gc()
    const answered = new Promise<void>((resolve) => (this.#answered = resolve))
    this.#last = last
    this.#posted = 0
    this.#called = []
    this.#link.fire(rounds)
    const peak = peakSince()
    const cpu = process.cpuUsage()
    await answered
    await idle()
    const { user, system } = process.cpuUsage(cpu)
    const spent = {
      cpu: (user + system) / 1_000,
      peak: peak(),
      posted: this.#posted,
      called: this.#called.join(' '),
      size,
      count,
    }
    this.#last = ''
    this.#link.done(rounds)
    return { ...spent, isBusy: await this.#isBusy() }
  }

  /** Whether what arrived has left no room for a call of this side. */
  async #isBusy(): Promise<boolean> {
    const abort = new AbortController()
    const call = this.#rpc.invoke('own', null, { signal: abort.signal }).then(
      () => false,
      (error: unknown) => Reflect.get(Object(error), 'code') === library.ErrorCode.BUSY,
    )
    await sleep(0)
    abort.abort()
    return call
  }

  async end(): Promise<void> {
    this.#rpc.destroy()
    this.#link.close()
    await idle()
  }
}

let rounds = 0

/** How much the process grows from now on, at the most. */
function peakSince(): () => number {
  resetPeak()
  const before = peak()
  return () => Math.max(0, peak() - before)
}

const STATUS = '/proc/self/status'

/** Bytes that the process had at its most, since that was reset where it can be. */
function peak(): number {
  const [, resident] = /VmHWM:\s*(\d+)/.exec(existsSync(STATUS) ? readFileSync(STATUS, 'utf8') : '') ?? []
  return 1_024 * Number(resident ?? process.resourceUsage().maxRSS)
}

function resetPeak(): void {
  try {
    // Linux; elsewhere what was reached before hides as much.
    writeFileSync('/proc/self/clear_refs', '5')
  } catch {
    // Not here.
  }
}

async function heap(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    gc()
    await idle()
  }
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

let receiver: Receiver | undefined

async function obey(order: 'connect' | 'heap' | Round): Promise<unknown> {
  if (order === 'heap') return heap()
  if (order !== 'connect') return receiver?.round(order)
  await receiver?.end()
  receiver = await Receiver.connect()
  return null
}

process.on('message', (order: 'connect' | 'heap' | Round) => {
  obey(order).then(
    (result) => process.send?.({ result }),
    (error: unknown) => process.send?.({ error: error instanceof Error ? error.stack : String(error) }),
  )
})
process.send?.({ result: 'ready' })
