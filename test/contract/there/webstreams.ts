import { deferred } from './deferred.ts'
import { describeError } from './errors.ts'

export type Ending = 'close' | 'error' | 'stay open'

/** A ReadableStream of chunks that are made as they are asked for, and how it was cancelled. */
export function readableOf(chunks: readonly unknown[], ending: Ending) {
  const cancelled = deferred<object>()
  let next = 0
  const stream = new ReadableStream<unknown>(
    {
      pull: (controller) => {
        if (next < chunks.length) return controller.enqueue(chunks[next++])
        if (ending === 'close') controller.close()
        if (ending === 'error') controller.error(new RangeError('dried up'))
        return undefined
      },
      cancel: (reason) => cancelled.resolve(describeError(reason)),
    },
    { highWaterMark: 0 },
  )
  return { stream, cancelled: cancelled.promise, pulled: () => next }
}

/** A WritableStream that notes what is written, fails at the chunk `poison`, and tells how it ended. */
export function notingSink() {
  const ended = deferred<unknown>()
  const chunks: unknown[] = []
  const stream = new WritableStream<unknown>({
    write: (chunk) => {
      if (chunk === 'poison') throw new RangeError('bad chunk')
      chunks.push(chunk)
    },
    close: () => ended.resolve({ chunks, end: 'closed' }),
    abort: (reason) => ended.resolve({ chunks, end: describeError(reason) }),
  })
  return { stream, ended: ended.promise }
}

/** Read all that a stream gives, and how it ends. */
export async function readAll(stream: ReadableStream<unknown>): Promise<object> {
  const isReal = stream instanceof ReadableStream
  const reader = stream.getReader()
  const chunks: unknown[] = []
  try {
    for (;;) {
      const { value, done } = await reader.read()
      if (done) return { isReal, chunks }
      chunks.push(value)
    }
  } catch (error) {
    return { isReal, chunks, error: describeError(error) }
  }
}

/** Write chunks, then close or abort. */
export async function fill(
  stream: WritableStream<unknown>,
  chunks: readonly unknown[],
  ending: 'close' | 'abort' | 'stay open',
): Promise<object> {
  const writer = stream.getWriter()
  writer.closed.catch(() => {})
  for (const chunk of chunks) await writer.write(chunk)
  if (ending === 'close') await writer.close()
  if (ending === 'abort') await writer.abort(new RangeError('given up'))
  return { isReal: stream instanceof WritableStream }
}

export const webStreamMethods = (): object => {
  let sink = notingSink()
  let cancelled: Promise<object> | undefined
  let pulled = (): number => 0
  return {
    readable(chunks: readonly unknown[], ending: Ending) {
      const made = readableOf(chunks, ending)
      cancelled = made.cancelled
      pulled = made.pulled
      return made.stream
    },
    manyChunks(count: number) {
      const made = readableOf(
        Array.from({ length: count }, (_, i) => i),
        'close',
      )
      pulled = made.pulled
      return made.stream
    },
    cancelled: () => cancelled,
    pulled: () => pulled(),
    readAll,
    async cancel(stream: ReadableStream<unknown>) {
      const reader = stream.getReader()
      const { value } = await reader.read()
      await reader.cancel(new RangeError('enough'))
      return value
    },
    writable() {
      sink = notingSink()
      return { deep: [sink.stream] }
    },
    sunk: () => sink.ended,
    fill,
    /** How a stream that cannot take `poison` tells so. */
    async poison(stream: WritableStream<unknown>) {
      const writer = stream.getWriter()
      writer.write('poison').catch(() => {})
      return writer.closed.then(() => 'it closed', describeError)
    },
    lockedReadable() {
      const { stream } = readableOf([1], 'close')
      stream.getReader()
      return { deep: [stream] }
    },
  }
}
