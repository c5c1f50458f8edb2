import fc from 'fast-check'
import { expect, test } from 'vitest'
import { release, RPC } from '../../../src/index.ts'
import { linkedPair } from '../../../src/testing.ts'
import { turn } from '../../peer/pair.ts'
import { expectRoom, ROOM } from './attacked.ts'
import { collect, pause, watchProcess } from './collect.ts'

watchProcess()

const FUNCTIONS = 3

type Fn = (() => Promise<number>) | undefined

/** What happens on one of the sides, or between them. */
type Step =
  | {
      readonly op: 'pass' | 'passScoped' | 'passTwice' | 'passAndAbort' | 'passBack' | 'call' | 'callAndDrop'
      readonly fn: number
    }
  | { readonly op: 'drop' | 'release'; readonly fn: number }
  | { readonly op: 'deliver'; readonly count: number }
  | { readonly op: 'collect' }

const fn = fc.nat({ max: FUNCTIONS - 1 })

const passings = [
  'pass',
  'passTwice',
  'passBack',
  'passAndAbort',
  'call',
  'callAndDrop',
  'drop',
  'release',
] as const

const stepOf = (ops: readonly Exclude<Step['op'], 'deliver' | 'collect'>[]): fc.Arbitrary<Step> =>
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ op: fc.constantFrom(...ops), fn }) as fc.Arbitrary<Step> },
    {
      weight: 4,
      arbitrary: fc.record({ op: fc.constant('deliver' as const), count: fc.integer({ min: 1, max: 4 }) }),
    },
    { weight: 2, arbitrary: fc.constant({ op: 'collect' as const }) },
  )

/** Left has functions, right keeps what it is passed; nothing arrives before it is delivered. */
function stage(text: boolean) {
  const link = linkedPair({ text, manual: true })
  const limits = { maxReferences: ROOM }
  const functions = Array.from({ length: FUNCTIONS }, (_, i) => async () => i)
  const kept: Fn[] = []
  const home: boolean[] = []
  const hold = (): Promise<void> => turn()
  const methods = {
    hold,
    keep: (i: number, given: NonNullable<Fn>) => void (kept[i] = given),
    // What is passed for a call only is dropped with it.
    lend: (i: number, given: NonNullable<Fn>) => given().then((n) => n === i),
    home: (i: number, given: unknown) => void home.push(given === functions[i]),
  }
  const left = new RPC({ transport: link.left, limits, methods })
  const right = new RPC({ transport: link.right, limits, methods })
  const settled: Promise<unknown>[] = []

  /** Deliver what there is, and what comes of that, until nothing moves any more. */
  const quiet = async (): Promise<void> => {
    for (let idle = 0; idle < 3; idle++) {
      await pause()
      if (link.deliver()) idle = -1
    }
  }

  const callKept = (i: number): void => {
    const given = kept[i]
    if (given) settled.push(given().then((n) => expect(n).toBe(i)))
  }

  const run = async (step: Step): Promise<void> => {
    await turn()
    switch (step.op) {
      case 'pass':
        settled.push(left.invoke('keep', [step.fn, functions[step.fn]]))
        break
      case 'passTwice':
        settled.push(left.invoke('keep', [step.fn, functions[step.fn], [functions[step.fn]]]))
        break
      case 'passScoped':
        settled.push(
          left
            .invoke('lend', [step.fn, functions[step.fn]], { scoped: true })
            .then((ok) => expect(ok).toBe(true)),
        )
        break
      case 'passAndAbort': {
        const abort = new AbortController()
        settled.push(
          left.invoke('keep', [step.fn, functions[step.fn]], { signal: abort.signal }).catch(() => {}),
        )
        abort.abort('enough')
        break
      }
      case 'passBack':
        if (kept[step.fn]) settled.push(right.invoke('home', [step.fn, kept[step.fn]]))
        break
      case 'call':
        callKept(step.fn)
        break
      case 'callAndDrop':
        callKept(step.fn)
        kept[step.fn] = undefined
        break
      case 'drop':
        kept[step.fn] = undefined
        break
      case 'release': {
        const given = kept[step.fn]
        kept[step.fn] = undefined
        if (given) release(given)
        break
      }
      case 'deliver':
        link.deliver(step.count)
        break
      case 'collect':
        await collect(1)
    }
  }

  return {
    async connect() {
      link.deliver()
      await quiet()
    },
    run,
    /** Whatever is still held can be called; and when nothing is, nothing is exported. */
    async end() {
      await quiet()
      kept.forEach((_, i) => callKept(i))
      await quiet()
      await Promise.all(settled)
      expect(home).not.toContain(false)
      kept.length = settled.length = 0
      const delivering = setInterval(() => link.deliver())
      await expectRoom(left)
      await expectRoom(right)
      clearInterval(delivering)
      left.destroy()
      right.destroy()
    },
  }
}

for (const text of [false, true]) {
  const check = (
    ops: readonly Exclude<Step['op'], 'deliver' | 'collect'>[],
    numRuns: number,
  ): Promise<void> =>
    fc.assert(
      fc.asyncProperty(fc.array(stepOf(ops), { maxLength: 25 }), async (steps) => {
        const staged = stage(text)
        await staged.connect()
        for (const step of steps) await staged.run(step)
        await staged.end()
      }),
      { numRuns, includeErrorInReport: true, interruptAfterTimeLimit: 25_000 },
    )
  const medium = text ? 'text' : 'clone'

  test(`${medium}: S52: however passings, releases, collections and deliveries interleave, what is held can be called, and nothing is left`, async () => {
    await expect(check(passings, 60)).resolves.toBeUndefined()
  }, 90_000)

  test(`${medium}: S52: so it is when some are passed for one call only`, async () => {
    await expect(check([...passings, 'passScoped', 'passScoped'], 60)).resolves.toBeUndefined()
  }, 90_000)
}
