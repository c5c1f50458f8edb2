/** lodash, and what else takes a function: remote functions behave like local ones (C17). */
import _ from 'lodash'
import { expect, test } from 'vitest'
import { rpcOf } from '../../src/index.ts'
import { connected } from './remote.ts'

test('C17: a debounced remote is called once, with the last arguments', async () => {
  const remote = await connected()
  const search = _.debounce(remote.search, 20)
  void search('a')
  void search('b')
  void search('c')
  expect(await search.flush()).toBe('found c')
  expect(await remote.counts()).toEqual({ search: 1 })
  void search('d')
  await expect.poll(() => remote.counts()).toEqual({ search: 2 })
  const leading = _.debounce(remote.search, 20, { leading: true, trailing: false })
  expect(await leading('e')).toBe('found e')
  expect(await remote.counts()).toEqual({ search: 3 })
})

test('C17: a throttled remote is called at once, and once more', async () => {
  const remote = await connected()
  const search = _.throttle(remote.search, 60_000)
  expect(await search('a')).toBe('found a')
  void search('b')
  void search('c')
  expect(await search.flush()).toBe('found c')
  expect(await remote.counts()).toEqual({ search: 2 })
})

test('C17: partial, bind, curry, memoize, once, flow and map take a remote', async () => {
  const remote = await connected()
  expect(await _.partial(remote.add, 1)(2)).toBe(3)
  expect(await _.bind(remote.add, null, 1)(3)).toBe(4)
  expect(await _.ary(remote.add, 2)(1, 4)).toBe(5)
  expect(await _.flip(remote.add)(5, 1)).toBe(6)
  const once = _.once(remote.search)
  expect(await Promise.all([once('a'), once('b')])).toEqual(['found a', 'found a'])
  const memoized = _.memoize(remote.search)
  expect(await Promise.all([memoized('a'), memoized('a'), memoized('b')])).toEqual([
    'found a',
    'found a',
    'found b',
  ])
  expect(await remote.counts()).toEqual({ search: 3 })
  expect(await Promise.all(_.zipWith([1, 2], [3, 4], remote.add))).toEqual([4, 6])
  expect(await _.attempt(remote.add, 1, 2)).toBe(3)
  expect(_.isFunction(remote.add)).toBe(true)
})

test('C17: bind, call, apply, length and name are those of a function', async () => {
  const remote = await connected()
  expect(await remote.add.bind(null, 1)(2)).toBe(3)
  expect(await remote.add.call(null, 1, 2)).toBe(3)
  expect(await remote.add.apply(null, [1, 2])).toBe(3)
  expect(await Reflect.apply(remote.add, undefined, [1, 2])).toBe(3)
  expect(typeof remote.add.length).toBe('number')
  expect(typeof remote.add.name).toBe('string')
  expect(await rpcOf(remote).invoke('add', [2, 2])).toBe(4)
})

test('C17: a remote is a listener of events', async () => {
  const remote = await connected()
  const target = new EventTarget()
  const told: Promise<string>[] = []
  const search = _.wrap(remote.search, (call, event: Event) => void told.push(call(event.type)))
  target.addEventListener('changed', search as never)
  target.dispatchEvent(new Event('changed'))
  expect(await Promise.all(told)).toEqual(['found changed'])
})
