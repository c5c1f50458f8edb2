/** Vue: its state as params (C04), remotes in its state (C19). */
import { expect, test } from 'vitest'
import {
  computed,
  isProxy,
  markRaw,
  reactive,
  readonly,
  ref,
  shallowReactive,
  shallowRef,
  toRaw,
  watch,
} from 'vue'
import { testCopies, testRefusal } from './copied.ts'
import { connected } from './remote.ts'

const data = () => ({ a: 1, nested: { list: [1, { b: 'two' }], none: null } })

const changing =
  (make: () => { a: number; nested: { list: unknown[] } }) =>
  (use: (state: object, change: () => void) => void): void => {
    const state = make()
    expect(isProxy(state)).toBe(true)
    use(state, () => {
      state.a = 2
      state.nested.list.push('later')
    })
  }

testCopies([
  { name: 'reactive()', with: changing(() => reactive(data())), plain: data() },
  { name: 'ref().value', with: changing(() => ref(data()).value), plain: data() },
  { name: 'shallowReactive()', with: changing(() => shallowReactive(data())), plain: data() },
  {
    name: 'computed().value',
    with: changing(() => {
      const state = reactive(data())
      return computed(() => state).value
    }),
    plain: data(),
  },
  { name: 'readonly()', with: (use) => use(readonly(reactive(data())), () => {}), plain: data() },
  { name: 'a reactive list', with: (use) => use(reactive([1, data()]), () => {}), plain: [1, data()] },
  {
    name: 'plain data around it',
    with: (use) => use({ x: reactive(data()) }, () => {}),
    plain: { x: data() },
  },
])

testRefusal('reactive()', reactive({ nested: { symbol: Symbol('x') } }))

test('C19: ref(remote) holds a remote that works, in templates and in effects', async () => {
  const remote = await connected()
  const held = ref(remote)
  expect(await held.value.add(1, 2)).toBe(3)
  const counter = ref(await remote.counter())
  expect(await counter.value.add(5)).toBe(5)
  expect(await shallowRef(await remote.counter()).value.add(1)).toBe(1)
  expect(await reactive({ counter: await remote.counter() }).counter.add(2)).toBe(2)
  let runs = 0
  const stop = watch(counter, () => runs++, { flush: 'sync' })
  counter.value = await remote.counter()
  stop()
  expect(runs).toBe(1)
})

test('C19: toRaw, isProxy and markRaw of a remote end', async () => {
  const remote = await connected()
  const counter = await remote.counter()
  for (const held of [remote, counter, remote.add]) {
    expect(toRaw(held) === held).toBe(true)
    expect(isProxy(held)).toBe(false)
  }
  expect(toRaw(ref(counter).value) === counter).toBe(true)
  expect(await markRaw({ counter }).counter.add(1)).toBe(1)
})

test('C19: reactive collections hold remotes', async () => {
  const remote = await connected()
  const counter = await remote.counter()
  const set = reactive(new Set<object>())
  set.add(remote).add(counter).add(remote)
  expect(set.size).toBe(2)
  expect(set.has(remote) && set.has(counter)).toBe(true)
  const map = reactive(new Map([['counter', counter]]))
  expect(await map.get('counter')?.add(3)).toBe(3)
  const list = reactive([counter])
  expect(list.includes(counter)).toBe(true)
})

test('C19: members that begin with __ are local and undefined', async () => {
  const remote = await connected()
  const counter = await remote.counter()
  for (const held of [remote, remote.add, counter])
    for (const name of ['__v_raw', '__v_skip', '__v_isRef', '__esModule', '__anything'])
      expect(Reflect.get(held, name)).toBe(undefined)
})
