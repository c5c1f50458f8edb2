import fc from 'fast-check'
import { expect, test } from 'vitest'
import { connectedPair } from '../../peer/pair.ts'
import { watchProcess } from './collect.ts'
import { difference, graph, type Pairs } from './graphs.ts'

watchProcess()

const media = [
  { medium: 'clone', isClone: true, hasFunctions: false, what: 'any value that structured clone can carry' },
  { medium: 'clone', isClone: true, hasFunctions: true, what: 'any such value with functions in it' },
  {
    medium: 'text',
    isClone: false,
    hasFunctions: false,
    what: 'any value in the documented set of the codec',
  },
  { medium: 'text', isClone: false, hasFunctions: true, what: 'any such value with functions in it' },
]

for (const { medium, isClone, hasFunctions, what } of media) {
  const values = graph({ isClone, hasFunctions })

  test(`${medium}: ${what} arrives equal as a param, each identity kept, and its functions work`, async () => {
    let received: unknown
    const take = (value: unknown): void => void (received = value)
    using pair = await connectedPair({
      link: { text: !isClone, trusted: true },
      right: { methods: { take } },
    })
    await fc.assert(
      fc.asyncProperty(values, async (value) => {
        await pair.left.invoke('take', [value])
        const functions: Pairs = []
        expect(difference(value, received, functions)).toBeUndefined()
        const answers = await Promise.all(functions.map(([, fn]) => fn()))
        expect(answers).toEqual(await Promise.all(functions.map(([fn]) => fn())))
      }),
      { numRuns: 500, includeErrorInReport: true },
    )
  }, 60_000)

  test(`${medium}: ${what} comes home equal, and its functions are the very same`, async () => {
    const echo = (value: unknown): unknown => value
    using pair = await connectedPair({
      link: { text: !isClone, trusted: true },
      right: { methods: { echo } },
    })
    await fc.assert(
      fc.asyncProperty(values, async (value) => {
        const functions: Pairs = []
        const back = await pair.left.invoke('echo', [[value]])
        expect(difference([value], back, functions)).toBeUndefined()
        for (const [fn, same] of functions) expect(same).toBe(fn)
      }),
      { numRuns: 300, includeErrorInReport: true },
    )
  }, 60_000)

  test(`${medium}: ${what} arrives equal as an item of a stream`, async () => {
    let next: unknown
    const methods = {
      async *items() {
        yield next
      },
    }
    using pair = await connectedPair({ link: { text: !isClone, trusted: true }, right: { methods } })
    await fc.assert(
      fc.asyncProperty(values, async (value) => {
        next = value
        const got: unknown[] = []
        for await (const item of await pair.left.invoke<AsyncIterable<unknown>>('items')) got.push(item)
        expect(difference([value], got, [])).toBeUndefined()
      }),
      { numRuns: 200, includeErrorInReport: true },
    )
  }, 60_000)
}
