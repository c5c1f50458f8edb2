/** MobX: its state as params (C04), remotes in its state (C18). */
import { autorun, makeAutoObservable, observable, runInAction, toJS } from 'mobx'
import { expect, test } from 'vitest'
import { testCopies, testRefusal } from './copied.ts'
import { connected } from './remote.ts'

const data = () => ({ a: 1, nested: { list: [1, { b: 'two' }], none: null } })

class Store {
  user = data()
  constructor() {
    makeAutoObservable(this)
  }
}

testCopies([
  {
    name: 'observable()',
    with: (use) => {
      const state = observable(data())
      return use(state, () => runInAction(() => state.nested.list.push('later' as never)))
    },
    plain: data(),
  },
  { name: 'an observable list', with: (use) => use(observable([1, data()]), () => {}), plain: [1, data()] },
  {
    name: 'a part of a store',
    with: (use) => {
      const store = new Store()
      return use(store.user, () => runInAction(() => (store.user.a = 2)))
    },
    plain: data(),
  },
  { name: 'toJS()', with: (use) => use(toJS(observable(data())), () => {}), plain: data() },
])

testRefusal('observable()', observable({ nested: { symbol: Symbol('x') } }))

test('C18: a box, a property and a list hold a remote that works', async () => {
  const remote = await connected()
  const box = observable.box<Awaited<ReturnType<typeof remote.counter>> | null>(null)
  const seen: unknown[] = []
  const stop = autorun(() => seen.push(box.get() === null))
  const counter = await remote.counter()
  runInAction(() => box.set(counter))
  stop()
  expect(seen).toEqual([true, false])
  expect(await box.get()?.add(2)).toBe(2)
  expect(await observable({ counter }).counter.add(2)).toBe(4)
  expect(await observable([counter])[0]?.add(2)).toBe(6)
  expect(
    await observable
      .map([['counter', counter]])
      .get('counter')
      ?.add(2),
  ).toBe(8)
  expect(await observable.box(counter, { deep: false }).get().add(2)).toBe(10)
})

test('C18: makeAutoObservable holds remotes in fields', async () => {
  const remote = await connected()
  const counter = await remote.counter()
  class Holder {
    counter = counter
    constructor() {
      makeAutoObservable(this)
    }
  }
  expect(await new Holder().counter.add(1)).toBe(1)
})
