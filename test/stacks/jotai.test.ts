/** jotai: remotes in atoms (C18). */
import { atom, createStore } from 'jotai/vanilla'
import { expect, test } from 'vitest'
import { connected } from './remote.ts'

test('C18: an atom holds a remote that works, as its first value and set later', async () => {
  const remote = await connected()
  const counter = await remote.counter()
  const store = createStore()
  // atom() takes functions for how to read it, set() for what to make of the last value.
  const first = atom(counter as object) as unknown as { init: typeof counter }
  expect(await (store.get(first as never) as typeof counter).add(1)).toBe(1)
  const later = atom<typeof counter | null>(null)
  store.set(later, counter)
  expect(await store.get(later)?.add(1)).toBe(2)
  const made = await new remote.Counter()
  store.set(later, made as never)
  expect(await store.get(later)?.add(5)).toBe(5)
  let told = 0
  const stop = store.sub(later, () => told++)
  store.set(later, counter)
  stop()
  expect(told).toBe(1)
})
