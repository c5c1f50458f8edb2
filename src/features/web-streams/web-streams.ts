/** The feature `webStreams`: web streams cross. They are transferred where engine and medium do that; else their chunks cross. */
import type { Hooks, Peer } from '../../peer/seam.ts'
import { isA } from '../../protocol/paths.ts'
import { spendRare } from '../../values/budget.ts'
import { encoding } from '../encoding/encoding.ts'
import { references } from '../references/references.ts'
import { streams } from '../streams/streams.ts'
import { chunksOf, readableOf, sinkOf, transfersStreams, writableTo } from './stream-adapters.ts'

/** Of 1,024 that a message has: engines make several objects for each stream. */
const STEPS = 4

export function webStreams(peer: Peer): Hooks {
  const { codec } = peer.transport
  const stream = peer.need(streams)
  const reference = peer.need(references)
  const moves = (): boolean => !codec && transfersStreams()
  peer.need(encoding).add({
    feature: 'webStreams',
    names: ['readable', 'writable'],
    is: (_, tag) => /^(Readable|Writable|Transform)Stream$/.test(tag),
    isMarked: () => !moves(),
    take: (value, { moved, scope }) => {
      const tag =
        value instanceof ReadableStream
          ? 'ReadableStream'
          : value instanceof WritableStream
            ? 'WritableStream'
            : ''
      if ((value as { readonly locked?: boolean }).locked) return { refusal: ` ${isA(tag)} that is locked` }
      if (moves()) {
        moved.add(value)
        return { value }
      }
      if (tag === 'ReadableStream')
        return { mark: ['readable', stream.produce(chunksOf(value as ReadableStream), undefined)] }
      return tag
        ? { mark: ['writable', reference.exportOf(sinkOf(value as WritableStream), scope)] }
        : undefined
    },
    revive: (kind, [id], _, options) => {
      spendRare(STEPS)
      return kind === 'readable'
        ? readableOf(stream.consume(id, options?.signal))
        : writableTo(reference.importOf('function', id) as () => Promise<unknown>)
    },
    retract: (id, wasSent, kind) => (kind === 'readable' ? stream : reference).retract(id, wasSent),
  })
  return { name: 'webStreams' }
}
