import { connect, type NatsConnection } from '@nats-io/transport-node'
import { afterAll, beforeAll } from 'vitest'
import { type RunningService, startService } from '../../../scripts/services.mjs'
import { natsTransport } from '../../../src/entries/nats.ts'
import { sessionTransport } from '../../../src/adapters/nats/served-session.ts'
import { answering, newInbox } from '../../../src/adapters/nats/wire.ts'
import type { Connection, Kind } from '../../contract/fixture.ts'
import { answerPlainly } from '../../contract/plain.ts'
import { serve } from '../../contract/service.ts'
import { contract } from '../../contract/suite.ts'
import { bare } from '../../windows/medium.ts'

let nats: RunningService
beforeAll(async () => {
  nats = await startService('nats')
}, 120_000)
afterAll(() => nats?.stop())

interface Joined extends Connection {
  readonly here: NatsConnection
  readonly there: NatsConnection
}

/** Serve a subject of its own by what `kind` names, over a connection of its own. */
async function join(kind: Kind): Promise<Joined> {
  const [here, there] = await Promise.all([0, 1].map(() => connect({ port: nats.port })))
  if (!here || !there) throw new Error('There is no connection')
  const subject = `contract.${newInbox().slice(7)}`
  there.subscribe(subject, {
    callback: (_, { reply = '' }) => {
      if (kind === 'service') {
        const { transport } = sessionTransport(there, reply, answering)
        return void serve(transport)
      }
      const inbox = newInbox()
      there.subscribe(inbox, {
        callback: (_, message) => {
          const postMessage = (answer: unknown): void => there.publish(reply, JSON.stringify(answer))
          if (kind === 'plain' && message.data.length) answerPlainly({ postMessage }, message.json())
        },
      })
      there.publish(reply, answering(inbox))
    },
  })
  await there.flush()
  return {
    transport: bare(natsTransport(here, subject, { heartbeat: 50 })),
    here,
    there,
    close: () => Promise.all([here.close(), there.close()]),
  }
}

contract('natsTransport', join, {
  text: true,
  deaths: {
    'the connection of the other side ends': {
      says: /who served .* is gone/,
      die: ({ connection }) => connection.there.close(),
    },
    'this side closes its connection': {
      says: /connection to NATS was closed/,
      die: ({ connection }) => connection.here.close(),
    },
  },
})
