import { inspect } from 'node:util'
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { alone, type Alone, request, result, turn } from '../peer/pair.ts'
import { isMeasured, type Meter, playMeasured, Tally } from './costs.ts'
import { changesSince, intrinsics } from './process.ts'
import { mutator } from '../peer/mutation.ts'
import { hello, methodsIn } from '../peer/peer.ts'

const MESSAGES = Number(process.env['FUZZ'] ?? 100_000)
const SEED = Number(process.env['FUZZ_SEED'] ?? Date.now() & 0x7fffffff)
const ROUND = 1_000

const tally = new Tally()
const uncaught: unknown[] = []
const note = (error: unknown): void => void uncaught.push(error)

beforeEach(() => {
  uncaught.length = 0
  process.on('unhandledRejection', note)
})
afterEach(() => void process.off('unhandledRejection', note))
afterAll(() => void (isMeasured && process.stderr.write(`${tally.report()}\n`)))

const methods = {
  echo: (value: unknown) => value,
  later: async (value: unknown) => {
    await turn()
    return value
  },
  fail: (value: unknown) => {
    throw value
  },
  math: { add: (a: number, b: number) => a + b },
}

/** Whoever the other side is now taken for: a request is answered. */
async function answers(peer: Alone, round: number): Promise<void> {
  peer.posted.length = 0
  peer.receive(request(`check ${round}`, 'math.add', [round, 1]))
  expect(peer.posted.at(-1)).toStrictEqual(result(`check ${round}`, round + 1))
}

/** Whatever was said before: somebody new is heard, and called. */
async function calls(peer: Alone, round: number): Promise<void> {
  peer.receive(hello(`round ${round}`))
  peer.posted.length = 0
  const call = peer.rpc.invoke('next', [round])
  expect(methodsIn(peer.posted)).toEqual(['next'])
  peer.receive(result(Reflect.get(Object(peer.posted[0]), 'id'), round))
  expect(await call).toBe(round)
}

for (const { side, check } of [
  { side: 'exposing', check: answers },
  { side: 'calling', check: calls },
])
  for (const text of [false, true])
    test(`${MESSAGES.toLocaleString('en')} random and mutated messages to the ${side} side, as ${text ? 'text' : 'objects'}, throw nothing out, and the next call works`, async () => {
      const before = intrinsics()
      const random = mutator(SEED)
      for (const policy of ['shared', 'strict'] as const) {
        const start = (): Alone => alone({ plain: false, methods, policy, connectTimeout: 0 }, { text })
        using peer = start()
        const open = new Set<Promise<unknown>>()
        for (let round = 0; round < MESSAGES / 2 / ROUND; round++) {
          for (let n = 0; n < 5; n++) open.add(peer.rpc.invoke('pending', [n]).catch(() => {}))
          const said: unknown[] = []
          const play = async (meter: Meter): Promise<void> => {
            const isAgain = said.length > 0
            using fresh = isAgain ? start() : undefined
            for (let n = 0; n < ROUND; n++) {
              if (!isAgain) said.push(text ? random.text() : random.message())
              meter.frame(said[n], () => (fresh ?? peer).receive(said[n]))
            }
          }
          try {
            await playMeasured(tally, `--seed ${SEED}`, play)
          } catch (cause) {
            throw new Error(`--seed ${SEED}, after ${inspect(said.at(-1), { depth: 9 })}`, { cause })
          }
          await turn()
          await check(peer, round)
        }
        peer.rpc.destroy()
        await Promise.all(open)
      }
      await turn()
      expect([SEED, uncaught]).toEqual([SEED, []])
      expect(changesSince(before)).toEqual([])
      expect(tally.over).toEqual([])
    })
