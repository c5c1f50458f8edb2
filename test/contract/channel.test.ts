import { once } from 'node:events'
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { expect, test } from 'vitest'
import { ErrorCode } from '../../src/index.ts'
import { type Connection, type Kind, opener, rejection, within } from './fixture.ts'
import { countOnEmitter } from './listeners.ts'
import { answerPlainly } from './plain.ts'
import { serve } from './service.ts'
import { contract } from './suite.ts'

interface Channel extends Connection {
  readonly transport: MessagePort
  readonly remote: MessagePort
}

function connect(kind: Kind): Channel {
  const { port1, port2 } = new MessageChannel()
  if (kind === 'service') serve(port2)
  if (kind === 'plain') port2.on('message', (data) => answerPlainly(port2, data))
  return { transport: port1, remote: port2, close: () => port1.close() }
}

contract('a Node MessageChannel in one thread', connect, {
  transfer: true,
  carrier: ({ transport }) => transport,
  listeners: ({ transport }) => countOnEmitter(transport),
  deaths: {
    'the other side closes its port': {
      says: /the port was closed/,
      die: ({ connection }) => connection.remote.close(),
    },
    'this side closes its port': {
      says: /the port was closed/,
      die: ({ connection }) => connection.transport.close(),
    },
  },
})

test('a port that closes after the other side has said goodbye does not say it again', async () => {
  const { rpc, connection } = await opener(connect).open('service')
  const states: string[] = []
  rpc.onPeer((state) => states.push(state))
  const pending = rejection(rpc.invoke('hang', ['x']))
  rpc.notify('leave')
  expect(await within(45_000, pending)).toMatchObject({ code: ErrorCode.PEER_GONE })
  connection.remote.close()
  await within(45_000, once(connection.transport, 'close'))
  expect(states).toEqual(['waiting', 'connected', 'gone'])
})
