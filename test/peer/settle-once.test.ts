import fc from 'fast-check'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { RPC, RPCError } from '../../src/index.ts'
import { type LinkedPair, linkedPair } from '../../src/testing.ts'
import { deferred, type Deferred, turn } from './pair.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

type Step =
  | {
      readonly do: 'call'
      readonly method: 'now' | 'later' | 'fail'
      readonly timeout: number
      readonly abort: boolean
    }
  | { readonly do: 'batch' }
  | { readonly do: 'deliver'; readonly count: number }
  | { readonly do: 'finish' | 'abort' | 'repeat'; readonly which: number }
  | { readonly do: 'tick'; readonly ms: number }
  | { readonly do: 'new callee' | 'new caller' | 'close port' }

const which = fc.nat(20)
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('call' as const),
      method: fc.constantFrom('now' as const, 'later' as const, 'fail' as const),
      timeout: fc.constantFrom(0, 5, 50),
      abort: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('batch' as const) }) },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('deliver' as const), count: fc.integer({ min: 1, max: 8 }) }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constantFrom('finish' as const, 'abort' as const, 'repeat' as const),
      which,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('tick' as const), ms: fc.constantFrom(1, 5, 30, 60) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom('new callee' as const, 'new caller' as const, 'close port' as const),
    }),
  },
)

interface Made {
  readonly token: number
  readonly abort: AbortController
  settled: number
  value?: unknown
  reason?: unknown
}

/** A caller on the left and a callee on the right, either of which may be replaced, and everything that was called. */
class World {
  readonly link: LinkedPair = linkedPair({ manual: true, successor: true })
  readonly made: Made[] = []
  readonly running: Deferred<number>[] = []
  readonly ran = new Map<number, number>()
  readonly answers: unknown[] = []
  caller: RPC
  callee: RPC

  constructor() {
    this.link.tap((from, message) => {
      if (from === 'right' && !Reflect.has(Object(message), 'method'))
        this.answers.push(structuredClone(message))
    })
    this.caller = this.newCaller()
    this.callee = this.newCallee()
  }

  newCaller(): RPC {
    return new RPC({ transport: this.link.left, connectTimeout: 40 })
  }

  newCallee(): RPC {
    const run = (token: number): number => {
      this.ran.set(token, (this.ran.get(token) ?? 0) + 1)
      return token
    }
    return new RPC({
      transport: this.link.right,
      methods: {
        now: run,
        later: (token: number) => {
          const answer = deferred<number>()
          this.running.push(answer)
          return answer.promise.then(() => run(token))
        },
        fail: (token: number) => {
          throw new RPCError(run(token), 'failed')
        },
      },
    })
  }

  follow(call: (token: number, abort: AbortController) => Promise<unknown>): Promise<unknown> {
    const made: Made = { token: this.made.length, abort: new AbortController(), settled: 0 }
    this.made.push(made)
    const promise = call(made.token, made.abort)
    promise.then(
      (value) => {
        made.settled++
        made.value = value
      },
      (reason: unknown) => {
        made.settled++
        made.reason = reason
      },
    )
    return promise
  }

  play(step: Step): void {
    switch (step.do) {
      case 'call': {
        const { method, timeout } = step
        void this.follow((token, { signal }) =>
          this.caller.invoke(method, [token], { timeout, ...(step.abort && { signal }) }),
        )
        return
      }
      case 'batch':
        this.caller
          .batch((call) => {
            call.notify('now', [-1])
            return [
              this.follow((token, { signal }) => call('now', [token], { signal })),
              this.follow((token, { signal }) => call('later', [token], { signal, timeout: 50 })),
            ]
          })
          .catch(() => {})
        return
      case 'deliver':
        this.link.deliver(step.count)
        return
      case 'finish':
        this.running[step.which % (this.running.length || 1)]?.resolve(0)
        return
      case 'abort':
        this.made[step.which % (this.made.length || 1)]?.abort.abort('aborted')
        return
      case 'repeat':
        if (this.answers.length) this.link.inject('right', this.answers[step.which % this.answers.length])
        return
      case 'tick':
        vi.advanceTimersByTime(step.ms)
        return
      case 'new callee':
        this.callee.destroy()
        this.callee = this.newCallee()
        return
      case 'new caller':
        this.caller.destroy()
        this.caller = this.newCaller()
        // To repeat what was for the former caller would be a forgery: ids begin again.
        this.answers.length = 0
        return
      case 'close port':
        this.link.breakFor('left', 'the port was closed')
    }
  }
}

/** A call ends in its own result, its own failure, or one of the ways that a call may end without an answer. */
function endedWell({ token, settled, value, reason }: Made): boolean {
  if (settled !== 1) return false
  if (reason === undefined) return value === token
  const code: unknown = Reflect.get(Object(reason), 'code')
  return reason === 'aborted' || [token, -32300, -32050, -32051].includes(code as number)
}

test('any interleaving of answers, repeated answers, timeouts, aborts, new peers, closing and destroy settles each call exactly once', async () => {
  const uncaught: unknown[] = []
  const note = (error: unknown): void => void uncaught.push(error)
  process.on('unhandledRejection', note)
  let calls = 0
  try {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), async (steps) => {
        const world = new World()
        for (const next of steps) {
          world.play(next)
          await turn()
        }
        world.caller.destroy()
        await turn()
        for (const answer of world.running) answer.resolve(0)
        await turn()
        world.link.deliver()
        await turn()
        world.callee.destroy()

        expect(world.made.filter((made) => !endedWell(made))).toEqual([])
        expect([...world.ran].filter(([token, times]) => token >= 0 && times > 1)).toEqual([])
        expect(vi.getTimerCount()).toBe(0)
        calls += world.made.length
      }),
      { numRuns: 800 },
    )
    expect(uncaught).toEqual([])
  } finally {
    process.off('unhandledRejection', note)
  }
  expect(calls).toBeGreaterThan(1_000)
})
