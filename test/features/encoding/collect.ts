/** Forced collection inside a test, and what the engine was told about by mistake. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, beforeEach, expect } from 'vitest'

setFlagsFromString('--expose-gc')
const gc = runInNewContext('gc') as (options: object) => Promise<void>

const { setTimeout } = globalThis
/** Which endpoints are taken, for all copies of portcall in a realm (C40). */
export const TABLE: unique symbol = Symbol.for('portcall.endpoints.1')

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

/**
 * Whether the engine calls finalizers. V8 11 (Node 20) stops to do so, for all registries there are, in a process that has
 * made hundreds of connections and collected between them: then nothing can be seen of what is given back.
 */
export async function finalizes(): Promise<boolean> {
  let called = false
  const registry = new FinalizationRegistry<undefined>(() => (called = true))
  registry.register({}, undefined)
  for (let i = 0; i < 5 && !called; i++) await collect(1)
  // Also keeps it alive until here.
  registry.unregister(registry)
  return called
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
  return [...objects, globalThis].map((object) => Reflect.ownKeys(object).filter((key) => key !== TABLE))
}
