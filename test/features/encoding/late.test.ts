import { expect, test } from 'vitest'
import { callContext, proxy, release, RPC } from '../../../src/index.ts'
import { linkedPair } from '../../../src/testing.ts'
import { connectedPair, rejection, turn } from '../../peer/pair.ts'
import { messagesIn } from './attacked.ts'
import { collect, watchProcess } from './collect.ts'

watchProcess()

interface Counting {
  ended: number
}

const endless = (seen: Counting) =>
  async function* () {
    try {
      for (let i = 0; ; i++) yield i
    } finally {
      seen.ended++
    }
  }

for (const text of [false, true]) {
  const medium = text ? 'text' : 'clone'

  test(`${medium}: S52: what an answer that nobody waits for passed is given back`, async () => {
    const methods = { f: () => () => 1, s: endless({ ended: 0 }) }
    using pair = await connectedPair({ link: { text, manual: true }, right: { methods } })
    for (const method of ['f', 's']) {
      const abort = new AbortController()
      const call = pair.left.invoke(method, null, { signal: abort.signal })
      await turn()
      pair.link.deliver(1)
      await turn()
      abort.abort('enough')
      expect(await rejection(call)).toBe('enough')
      pair.link.deliver()
    }
    await expect
      .poll(async () => {
        await collect(1)
        pair.link.deliver()
        return messagesIn(pair.wire.map(({ message }) => message)).map(({ method }) => method)
      })
      .toEqual(expect.arrayContaining(['rpc.release', 'rpc.stop']))
  })

  test(`${medium}: a stream that was collected does not end a successor's stream of the same number`, async () => {
    const link = linkedPair({ text, successor: true })
    const server = new RPC({ transport: link.right })
    const seen = { ended: 0 }
    const client = (): RPC => new RPC({ transport: link.left, methods: { s: endless(seen) } })
    const first = async (): Promise<AsyncIterableIterator<number>> => {
      await server.connect()
      const stream = await server.invoke<AsyncIterableIterator<number>>('s')
      await stream.next()
      return stream
    }
    const old = client()
    await first()
    old.destroy()
    const successor = client()
    const fresh = await first()
    seen.ended = 0
    await collect(5)
    for (let i = 1; i < 300; i++) expect(await fresh.next()).toEqual({ value: i, done: false })
    expect(seen.ended).toBe(0)
    server.destroy()
    successor.destroy()
  })

  test(`${medium}: what the former peer passed rejects PEER_GONE and never reaches the successor's of the same number`, async () => {
    const link = linkedPair({ text, successor: true })
    const called: string[] = []
    const clientOf = (name: string): RPC =>
      new RPC({
        transport: link.left,
        methods: { f: () => () => called.push(name), o: () => proxy({ name, run: () => called.push(name) }) },
      })
    const server = new RPC({ transport: link.right })
    const old = clientOf('old')
    await server.connect()
    const f = await server.invoke<() => Promise<unknown>>('f')
    const o = await server.invoke<{ run(): Promise<unknown> }>('o')
    old.destroy()
    const successor = clientOf('successor')
    await server.connect()
    await server.invoke('f')
    await server.invoke('o')
    await expect(f()).rejects.toMatchObject({ code: -32050 })
    await expect(o.run()).rejects.toMatchObject({ code: -32050 })
    release(f)
    await turn()
    expect(called).toEqual([])
    server.destroy()
    successor.destroy()
  })

  test(`${medium}: S39: mapError redacts what callbacks, streams, arguments that are streams and streams in streams throw`, async () => {
    const mapError = (): Error => new Error('redacted')
    // oxlint-disable-next-line eslint/require-yield -- it fails before
    const failing = async function* (): AsyncGenerator<never> {
      throw Object.assign(new Error('secret'), { password: 'secret' })
    }
    const eat = async (stream: AsyncIterable<unknown>): Promise<void> => {
      for await (const item of stream) if (item) await eat(item as AsyncIterable<unknown>)
    }
    const methods = {
      eat,
      call: (fn: () => unknown) => fn(),
      failing,
      async *nested() {
        yield failing()
      },
    }
    using pair = await connectedPair({
      link: { text, trusted: true },
      left: { methods, mapError },
      right: { methods },
    })
    const { left, right } = pair
    const thrown = [
      left.invoke('eat', [failing()]),
      left.invoke('eat', [methods.nested()]),
      left.invoke('call', [
        () => {
          throw new Error('secret')
        },
      ]),
      left.invoke('call', [failing]).then((result) => eat(result as AsyncIterable<unknown>)),
      right.invoke('failing').then((result) => eat(result as AsyncIterable<unknown>)),
      right.invoke('nested').then((result) => eat(result as AsyncIterable<unknown>)),
    ]
    const errors = (await Promise.allSettled(thrown)).map((outcome) => String(Reflect.get(outcome, 'reason')))
    expect(errors).toHaveLength(6)
    for (const error of errors) {
      expect(error).toContain('redacted')
      expect(error).not.toContain('secret')
    }
    expect(JSON.stringify(pair.wire.filter(({ from }) => from === 'left'))).not.toContain('secret')
  })

  test(`${medium}: a callback that is held for one call and for good is taken back once when the first is aborted`, async () => {
    const link = linkedPair({ text })
    const left = new RPC({ transport: link.left })
    const abort = new AbortController()
    const f = (): number => 42
    const scoped = left.invoke('keep', [f], { scoped: true, signal: abort.signal })
    let kept: (() => Promise<number>) | undefined
    const waiting = left.invoke('keep', [f])
    abort.abort('enough')
    expect(await rejection(scoped)).toBe('enough')
    const keep = (fn: () => Promise<number>): void => void (kept = fn)
    const right = new RPC({ transport: link.right, methods: { keep } })
    await waiting
    expect(await kept?.()).toBe(42)
    left.destroy()
    right.destroy()
  })

  test(`${medium}: an iterator whose results throw ends its stream with that`, async () => {
    const results = {
      done: {
        get done(): boolean {
          throw new RangeError('done')
        },
      },
      value: {
        done: false,
        get value(): never {
          throw new RangeError('value')
        },
      },
      none: 5,
    }
    const methods = {
      results: (name: keyof typeof results) => ({
        [Symbol.asyncIterator]: () => ({ next: async () => results[name] }),
      }),
    }
    using pair = await connectedPair({ link: { text }, right: { methods } })
    for (const name of Object.keys(results)) {
      const stream = await pair.left.invoke<AsyncIterableIterator<unknown>>('results', [name])
      expect(await rejection(stream.next())).toBeInstanceOf(Error)
    }
  })

  test(`${medium}: items before one that cannot be sent arrive`, async () => {
    const items = async function* (): AsyncGenerator<unknown> {
      yield 1
      yield 2
      yield Symbol('no')
    }
    using pair = await connectedPair({ link: { text }, right: { methods: { items } } })
    const got: unknown[] = []
    const reading = (async () => {
      for await (const item of await pair.left.invoke<AsyncIterable<unknown>>('items')) got.push(item)
    })()
    expect(await rejection(reading)).toMatchObject({ code: -32052 })
    expect(got).toEqual([1, 2])
  })

  test(`${medium}: leaving one of two streams of a result leaves the other alone`, async () => {
    const methods = {
      two: () => {
        const { signal } = callContext()
        const numbers = async function* (): AsyncGenerator<number> {
          for (let i = 0; !signal.aborted; i++) {
            yield i
            await turn()
          }
        }
        return { a: numbers(), b: numbers() }
      },
    }
    using pair = await connectedPair({ link: { text }, right: { methods } })
    const { a, b } = await pair.left.invoke<Record<'a' | 'b', AsyncIterableIterator<number>>>('two')
    await a.next()
    await a.return?.()
    for (let i = 0; i < 100; i++) expect(await b.next()).toEqual({ value: i, done: false })
    await b.return?.()
  })

  test(`${medium}: a medium whose post throws ends no process when something is given back`, async () => {
    let kept: unknown
    const methods = { keep: (value: unknown) => void (kept = value) }
    using pair = await connectedPair({ link: { text }, right: { methods } })
    const abort = new AbortController()
    await pair.left.invoke('keep', [abort.signal])
    await pair.left.invoke('keep', [() => 1])
    const boom = (): void => {
      throw new Error('boom')
    }
    pair.link.left.post = boom
    pair.link.right.post = boom
    release(kept as object)
    kept = undefined
    abort.abort('enough')
    await collect(3)
    expect(abort.signal.aborted).toBe(true)
  })
}
