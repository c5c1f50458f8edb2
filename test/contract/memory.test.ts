import { linkedPair, type LinkedPair } from '../../src/testing.ts'
import type { Connection, Kind } from './fixture.ts'
import { answerPlainly } from './plain.ts'
import { serve } from './service.ts'
import { contract } from './suite.ts'

interface Linked extends Connection {
  readonly pair: LinkedPair
}

const connectBy =
  (text: boolean) =>
  (kind: Kind): Linked => {
    const pair = linkedPair({ text })
    const { left, right } = pair
    if (kind === 'plain') {
      const ignore = (): void => {}
      const message = (data: unknown): void => answerPlainly({ postMessage: (m) => right.post(m) }, data)
      right.listen({
        message,
        unreadable: ignore,
        gone: ignore,
        failed: ignore,
        opened: ignore,
        refused: ignore,
      })
    }
    const service = kind === 'service' ? serve(right) : undefined
    return { pair, transport: left, close: () => service?.destroy() }
  }

const deaths = {
  'the medium breaks': {
    says: /the cable was cut/,
    die: ({ connection }: { connection: Linked }) => connection.pair.breakFor('left', 'the cable was cut'),
  },
}

contract('a linked pair in memory', connectBy(false), { transfer: true, deaths })
contract('a linked pair in memory, as text', connectBy(true), { text: true, deaths })
