/** The promise of a call that can be iterated, too: `for await (const n of remote.count(3))`. */
import { isObject } from '../../protocol/guards.ts'

// So that `for await` works on the call itself.
export function iterable(promise: Promise<unknown>): Promise<unknown> {
  const call = promise as Promise<AsyncIterable<unknown>> & {
    [Symbol.asyncIterator]?: () => AsyncIterator<unknown>
  }
  call[Symbol.asyncIterator] = iterate
  return call
}

function iterate(this: Promise<AsyncIterable<unknown>>): AsyncIterator<unknown> {
  let iterator: AsyncIterator<unknown> | undefined
  const opened = this.then((stream) => {
    if (isObject(stream) && Symbol.asyncIterator in stream) return (iterator = stream[Symbol.asyncIterator]())
    throw new TypeError('The result is no async iterable')
  })
  const end = (name: 'return' | 'throw', value: unknown): Promise<IteratorResult<unknown>> =>
    opened.then((iterator) => iterator[name]?.(value) ?? { value, done: true })
  return {
    next: () => iterator?.next() ?? opened.then((iterator) => iterator.next()),
    return: (value?: unknown) => end('return', value),
    throw: (error?: unknown) => end('throw', error),
  }
}
