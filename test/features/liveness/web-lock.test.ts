import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createVigil } from '../../../src/features/liveness/web-lock.ts'

type Granted = () => unknown

/** Web Locks of one name, as far as they are needed here: one holds, the rest queue. */
class Locks {
  readonly #queue: { readonly granted: Granted; readonly signal: AbortSignal | undefined }[] = []
  isHeld = false

  readonly request = (_: string, { signal }: { signal?: AbortSignal }, granted: Granted): Promise<void> => {
    this.#queue.push({ granted, signal })
    this.#next()
    return Promise.resolve()
  }

  #next(): void {
    if (this.isHeld) return
    const first = this.#queue.shift()
    if (!first) return
    if (first.signal?.aborted) return this.#next()
    this.isHeld = true
    void Promise.resolve(first.granted()).then(() => {
      this.isHeld = false
      this.#next()
    })
  }
}

let locks: Locks
beforeEach(() => {
  vi.useFakeTimers()
  locks = new Locks()
  vi.stubGlobal('navigator', { locks })
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

/** A worker and its owner, whose messages take `delay` milliseconds, as on a busy machine. */
function watched(delay: number): {
  readonly use: (isInUse: boolean) => void
  /** The worker's RPC is destroyed. */
  readonly end: () => void
  readonly gone: string[]
  readonly told: (readonly unknown[])[]
} {
  const gone: string[] = []
  const told: (readonly unknown[])[] = []
  let isInUse = true
  const common = { name: 'a', isInUse: () => isInUse, gone: (why: string) => void gone.push(why) }
  const owner = createVigil({ ...common, role: 'watch', tell() {} })
  const worker = createVigil({
    ...common,
    role: 'hold',
    tell: (method, params) => {
      told.push(params)
      setTimeout(
        () => (owner.notices[method] as ((...params: unknown[]) => void) | undefined)?.(...params),
        delay,
      )
    },
  })
  worker.heard()
  return {
    use: (now) => {
      isInUse = now
      if (now) worker.heard()
    },
    end: worker.end,
    gone,
    told,
  }
}

test.for([0, 300, 900])(
  'S56: a lock that is given back is no end, with messages %i ms late',
  async (delay) => {
    const { use, gone, told } = watched(delay)
    await vi.advanceTimersByTimeAsync(2_000)
    expect(locks.isHeld).toBe(true)
    use(false)
    await vi.advanceTimersByTimeAsync(10_000)
    expect(locks.isHeld).toBe(false)
    expect(told).toEqual([['a'], []])
    expect(gone).toEqual([])
    use(true)
    await vi.advanceTimersByTimeAsync(2_000)
    expect(told).toEqual([['a'], [], ['a']])
    expect([locks.isHeld, gone]).toEqual([true, []])
  },
)

test('a worker that says goodbye is not taken for dead before it is heard', async () => {
  const { end, gone } = watched(1)
  await vi.advanceTimersByTimeAsync(500)
  end()
  await vi.advanceTimersByTimeAsync(900)
  expect([locks.isHeld, gone]).toEqual([true, []])
  await vi.advanceTimersByTimeAsync(200)
  expect(gone).toEqual(['the worker has ended'])
})

test('what begins between the word and the release keeps the lock, and says so', async () => {
  const { use, gone, told } = watched(1)
  await vi.advanceTimersByTimeAsync(1_500)
  use(false)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(told).toEqual([['a'], []])
  use(true)
  await vi.advanceTimersByTimeAsync(5_000)
  expect(told).toEqual([['a'], [], ['a']])
  expect([locks.isHeld, gone]).toEqual([true, []])
})
