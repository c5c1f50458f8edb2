/** Forced collection inside a test, and what the engine was told about by mistake. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, beforeEach, expect } from 'vitest'

setFlagsFromString('--expose-gc')
const gc = runInNewContext('gc') as (options: object) => Promise<void>

const { setTimeout } = globalThis

/** Let timers, finalizers and microtasks run. */
export const pause = (ms = 1): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Collect what nothing holds, and let its finalizers and what they start run. */
export async function collect(rounds = 3): Promise<void> {
  for (let i = 0; i < rounds; i++) {
    // As a task: after many collections in the middle of one, V8 11 stops to call finalizers.
    await gc({ type: 'major', execution: 'async' })
    await pause()
  }
}

/** Fail every test of a file that leaves a rejection unhandled, throws where nobody catches, or changes a prototype. */
export function watchProcess(): void {
  const uncaught: unknown[] = []
  const note = (error: unknown): void => void uncaught.push(error)
  let before: unknown[] = []

  beforeEach(() => {
    uncaught.length = 0
    before = intrinsics()
    process.on('unhandledRejection', note)
    process.on('uncaughtException', note)
  })
  afterEach(async () => {
    await pause(5)
    process.off('unhandledRejection', note)
    process.off('uncaughtException', note)
    expect(uncaught).toEqual([])
    expect(intrinsics()).toEqual(before)
  })
}

function intrinsics(): unknown[] {
  const objects = [Object, Array, Function, Error, Promise, Map, Set, AbortSignal].map(
    ({ prototype }) => prototype as object,
  )
  return [...objects, globalThis].map((object) => Reflect.ownKeys(object))
}
