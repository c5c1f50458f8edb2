/* oxlint-disable vitest/expect-expect, vitest/no-conditional-tests, vitest/no-disabled-tests, vitest/valid-title -- what is tested here has been run elsewhere */
/** What an engine told, as tests of their own: `<environment> in <engine> › <contract item>`. */
import { describe, test } from 'vitest'
import type { Outcome } from './inside/running.ts'

declare module 'vitest' {
  interface TaskMeta {
    /** Why the environment cannot do this. */
    cannot?: string
  }
}

/** What an engine cannot, with the reason. It is run all the same, and it is an error when it can. */
export interface Deviation {
  /** Of the environment and the names below it, joined with ` › `. */
  readonly at: RegExp
  readonly because: string
  /** It is not run, as it would end or block the engine. */
  readonly isFatal?: boolean
  /** Sometimes it can: who is first decides. */
  readonly isRace?: boolean
}

interface Item {
  readonly path: readonly string[]
  readonly outcome: Outcome
}

export function report(engine: string, outcomes: readonly Outcome[], deviations: readonly Deviation[]): void {
  const items = outcomes.map((outcome) => ({ path: placeOf(outcome, engine), outcome }))
  reportItems(items, (joined) => deviations.find(({ at }) => at.test(joined)))
}

/** Tests of the contract stand in their environment; all others in the suite or the file that they are of. */
function placeOf({ file, path }: Outcome, engine: string): string[] {
  const core = /^test\/(?:protocol|peer|features|api|spec)\/(?:.*\/)?(.*)\.test\.ts$/.exec(file)
  const [first = '', ...rest] = core ? ['the core suite', core[1] ?? '', ...path] : path
  return rest.length > 0 ? [`${first} in ${engine}`, ...rest] : [`${file || 'all'} in ${engine}`, first]
}

function reportItems(
  items: readonly Item[],
  find: (joined: string) => Deviation | undefined,
  above = '',
): void {
  for (const name of new Set(items.map(({ path }) => path[0] ?? ''))) {
    const group = items.filter(({ path }) => path[0] === name)
    const leaves = group.filter(({ path }) => path.length === 1)
    const inner = group.filter(({ path }) => path.length > 1)
    const joined = above ? `${above} › ${name}` : name
    for (const { outcome } of leaves) reportItem(name, outcome, find(joined))
    if (inner.length > 0)
      describe(`${name}`, () => {
        reportItems(
          inner.map(({ path, outcome }) => ({ path: path.slice(1), outcome })),
          find,
          joined,
        )
      })
  }
}

function reportItem(name: string, { state, error }: Outcome, deviation: Deviation | undefined): void {
  test(`${name}`, (context) => {
    if (deviation?.isRace && state === 'pass') return
    if (deviation) context.task.meta.cannot = deviation.because
    if (deviation && state === 'pass')
      throw new Error(`It can, and stands in the list of what this engine cannot: ${deviation.because}`)
    if (deviation) context.skip(`medium cannot: ${deviation.because}`)
    if (state === 'skip') throw new Error('It was skipped, and nothing says why')
    if (state === 'fail') throw new Error(error)
  })
}

/** That the engine was there; its version must not be part of the names above. */
export function reportVersion(engine: string, version: string): void {
  test(`${engine} is ${version}`, () => {
    if (!/\d/.test(version)) throw new Error(`This is no version: ${version}`)
  })
}

/** A skipped test for an engine that could not be had. Whoever looked for it has said so loudly. */
export const reportMissing = (engine: string): void =>
  test.skip(`${engine} can be neither found nor installed here`, () => {})
