/** What users bring (C01 to C21), where engines could differ. */
import { expect, test } from 'vitest'
import { ErrorCode, type Remote, type RPCError } from '../../src/index.ts'
import { type Opener, rejection } from './fixture.ts'
import type { Store } from './there/brought.ts'

export function brought({ open }: Opener<'service'>, trusted: boolean): void {
  test('C01: a callback that fails and that nobody awaits ends nobody', async () => {
    const { rpc } = await open('service')
    let calls = 0
    await rpc.invoke('brought.callAll', [
      3,
      () => {
        calls++
        throw new Error('as meant')
      },
    ])
    await expect.poll(() => calls).toBe(3)
    expect(await rpc.invoke('add', [1, 2])).toBe(3)
  })

  test('C04: an ES proxy of plain data arrives as plain data', async () => {
    const { rpc } = await open('service')
    const state = new Proxy({ list: new Proxy([1, { a: 1 }], {}) }, {})
    expect(await rpc.invoke('echo', [state])).toEqual({ list: [1, { a: 1 }] })
    expect(await rpc.invoke('count', [state, () => 1])).toBe(2)
  })

  test('C06: errors as values keep their class, and a sync generator streams', async () => {
    const { rpc } = await open('service')
    const [first, second] =
      await rpc.invoke<[PromiseRejectedResult, PromiseFulfilledResult<number>]>('brought.settled')
    expect(first.reason).toBeInstanceOf(RangeError)
    expect([(first.reason as Error).message, second.value]).toEqual(['far', 1])
    const items: number[] = []
    for await (const item of await rpc.invoke<AsyncIterable<number>>('brought.count', [3])) items.push(item)
    expect(items).toEqual([0, 1, 2])
  })

  test('C08: what was passed by proxy() is iterated, and has its methods', async () => {
    const { rpc } = await open('service')
    const shelf = await rpc.invoke<AsyncIterable<string> & { size(): Promise<number> }>('brought.shelf')
    const books: string[] = []
    for await (const book of shelf) books.push(book)
    expect([books, await shelf.size()]).toEqual([['a', 'b'], 2])
  })

  test('C09: function fields can be called, an instance in a field only by whom this side trusts', async () => {
    const { rpc } = await open('service')
    const store = await rpc.invoke<Remote<Store>>('brought.store')
    expect([await store.add(1), await store.nested.hi(), await store.shared.hi()]).toEqual([
      3,
      'nested',
      'hi',
    ])
    const outcome = await store.part.hi().catch(({ code }: RPCError) => code)
    expect(outcome).toBe(trusted ? 'hi' : ErrorCode.METHOD_NOT_FOUND)
  })

  test('C10: a class that was compiled to ES5 is constructed', async () => {
    const { rpc } = await open('service')
    const remote = rpc.remote<{
      brought: { Counter: new (value: number) => { increment(): number } }
    }>()
    const counter = await new remote.brought.Counter(4)
    expect(await counter.increment()).toBe(5)
  })

  test('C13, C14: fields of a thrown object are data, and a code in words arrives where fields cross', async () => {
    const { rpc } = await open('service')
    expect(await rejection(rpc.invoke('brought.throwObject'))).toMatchObject({
      data: { status: 404, reason: 'x' },
    })
    expect(await rejection(rpc.invoke('brought.throwCode'))).toMatchObject({
      message: 'none',
      code: trusted ? 'ENOENT' : ErrorCode.APPLICATION_ERROR,
    })
  })

  test('C17, C18, C19: members of a remote are bound here, and what cannot be called is an object', async () => {
    const { rpc } = await open('service')
    const remote = rpc.remote<{ add(a: number, b: number): number }>()
    expect(await remote.add.bind(null, 1)(2)).toBe(3)
    expect(await remote.add.apply(undefined, [1, 2])).toBe(3)
    const store = await rpc.invoke<Remote<Store>>('brought.store')
    expect([typeof store, Reflect.get(store, '__v_raw')]).toEqual(['object', undefined])
  })

  test('C21: URL, URLSearchParams and Headers arrive as such', async () => {
    const { rpc } = await open('service')
    const values = [
      new URL('https://a.example/b?c=d'),
      new URLSearchParams('a=1&a=2'),
      new Headers({ 'x-a': '1' }),
    ]
    for (const value of values) {
      expect(await rpc.invoke('brought.kindOf', [value])).toBe(
        Object.prototype.toString.call(value).slice(8, -1),
      )
      expect(await rpc.invoke('echo', [value])).toEqual(value)
    }
  })
}

/** Where text crosses. */
export function blobs({ open }: Opener<'service'>): void {
  test('C21: over text a Blob arrives as one', async () => {
    const { rpc } = await open('service')
    const blob = await rpc.invoke<Blob>('echo', [new Blob(['ä'], { type: 'image/svg' })])
    expect([await blob.text(), blob.type]).toEqual(['ä', 'image/svg'])
    expect(await rpc.invoke('brought.kindOf', [blob])).toBe('Blob')
  })
}
