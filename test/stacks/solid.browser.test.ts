/** Solid: its stores as params (C04), remotes in signals and stores (C18). In Node it is the build for servers, which has no proxies. */
import { createRoot, createSignal } from 'solid-js'
import { createMutable, createStore, unwrap } from 'solid-js/store'
import { expect, test } from 'vitest'
import { testCopies, testRefusal } from './copied.ts'
import { connected } from './remote.ts'

const data = () => ({ a: 1, nested: { list: [1, { b: 'two' }], none: null } })

testCopies([
  {
    name: 'a store',
    with: (use) => {
      const [state, setState] = createStore(data())
      return use(state, () => {
        setState('a', 2)
        setState('nested', 'list', (list) => [...list, 3])
      })
    },
    plain: data(),
  },
  {
    name: 'a mutable store',
    with: (use) => {
      const state = createMutable(data())
      return use(state, () => void state.nested.list.pop())
    },
    plain: data(),
  },
  { name: 'unwrap()', with: (use) => use(unwrap(createStore(data())[0]), () => {}), plain: data() },
])

testRefusal('a store', createStore({ nested: { symbol: Symbol('x') } })[0])

test('C18: a signal and a store hold a remote that works', async () => {
  const remote = await connected()
  const counter = await remote.counter()
  type Held = typeof counter | null
  await createRoot(async (end) => {
    const [signal, setSignal] = createSignal<Held>(null)
    // The setter calls functions.
    setSignal(counter as never)
    expect(await signal()?.add(1)).toBe(1)
    const [store, setStore] = createStore<{ counter: Held }>({ counter: null })
    setStore('counter', counter as never)
    expect(await store.counter?.add(1)).toBe(2)
    const [other] = createStore({ counter })
    expect(await other.counter.add(1)).toBe(3)
    end()
  })
})
