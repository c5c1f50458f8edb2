/** Web streams as async iterables, and back. */
import { classOf } from '../../protocol/realm.ts'

type Chunks = AsyncIterable<unknown>

let isTransferable: boolean | undefined

/** Whether this engine transfers streams. */
export function transfersStreams(): boolean {
  if (isTransferable === undefined) {
    const stream = new ReadableStream()
    try {
      structuredClone(stream, { transfer: [stream] })
      isTransferable = true
    } catch {
      isTransferable = false
    }
  }
  return isTransferable
}

/** The chunks of a stream; ending early cancels it. */
export function chunksOf(stream: ReadableStream<unknown>): AsyncIterableIterator<unknown> {
  // Not locked before it is read.
  let reader: ReadableStreamDefaultReader<unknown> | undefined
  return {
    next: () => (reader ??= stream.getReader()).read() as Promise<IteratorResult<unknown>>,
    return: async (reason?: unknown) => {
      await (reader ?? stream).cancel(reason)
      return { value: undefined, done: true }
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}

/** A stream of what an iterable gives, asked for as it is read. */
export function readableOf(chunks: AsyncIterator<unknown>): ReadableStream<unknown> {
  return new (classOf('ReadableStream'))(
    {
      pull: async (controller) => {
        const { value, done } = await chunks.next()
        if (done) controller.close()
        else controller.enqueue(value)
      },
      cancel: async (reason: unknown) => {
        if (reason === undefined) await chunks.return?.()
        else await chunks.throw?.(reason).catch(() => {})
      },
    },
    { highWaterMark: 0 },
  )
}

const sinks = new WeakMap<object, (chunks: Chunks) => Promise<void>>()

/** A function that writes what an iterable gives into a stream, and closes it. The same one for the same stream. */
export function sinkOf(stream: WritableStream<unknown>): (chunks: Chunks) => Promise<void> {
  const former = sinks.get(stream)
  if (former) return former
  const sink = async (chunks: Chunks): Promise<void> => {
    const writer = stream.getWriter()
    try {
      for await (const chunk of chunks) await writer.write(chunk)
      await writer.close()
    } catch (error) {
      await writer.abort(error).catch(() => {})
      throw error
    }
  }
  sinks.set(stream, sink)
  return sink
}

/** A stream whose chunks a function like that of `sinkOf` gets; it is closed when that has written all. */
export function writableTo(sink: (chunks: Chunks) => Promise<unknown>): WritableStream<unknown> {
  let fail: (error: unknown) => void
  let begun:
    | { readonly writer: WritableStreamDefaultWriter<unknown>; readonly written: Promise<unknown> }
    | undefined
  // Not before it is written to: a message may bring many.
  const begin = (): NonNullable<typeof begun> => {
    if (begun) return begun
    const { readable, writable } = new (classOf('TransformStream'))<unknown, unknown>()
    begun = { writer: writable.getWriter(), written: sink(chunksOf(readable)) }
    begun.written.catch((error: unknown) => fail(error))
    return begun
  }
  return new (classOf('WritableStream'))({
    start: (controller) => {
      fail = (error) => controller.error(error)
    },
    write: (chunk) => begin().writer.write(chunk),
    close: async () => {
      const { writer, written } = begin()
      await writer.close()
      await written
    },
    abort: async (reason) => {
      await begin().writer.abort(reason)
    },
  })
}
