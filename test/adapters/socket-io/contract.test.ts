import { afterAll, beforeAll } from 'vitest'
import { socketIoTransport } from '../../../src/adapters/socket-io/socket-io.ts'
import { emitterTransport } from '../../../src/api/emitter.ts'
import type { RPCEmitter, Transport } from '../../../src/index.ts'
import type { Connection, Kind } from '../../contract/fixture.ts'
import { answerPlainly } from '../../contract/plain.ts'
import { serve } from '../../contract/service.ts'
import { contract } from '../../contract/suite.ts'
import { bare } from '../../windows/medium.ts'
import { type Ends, type Rig, startRig } from './servers.ts'

let rig: Rig
beforeAll(async () => {
  rig = await startRig()
})
afterAll(() => rig.close())

type End = Ends[keyof Ends]

interface Joined extends Connection {
  readonly here: End
  readonly there: End
}

/** `side` is this side; what `kind` names runs at the other. */
const joining =
  (side: keyof Ends, transport: (socket: End) => Transport) =>
  async (kind: Kind): Promise<Joined> => {
    const ends = await rig.join({ reconnection: false })
    const here = ends[side]
    const there = ends[side === 'client' ? 'server' : 'client']
    if (kind === 'service') serve(bare(transport(there)))
    if (kind === 'plain')
      there.on('rpc.message', (data: unknown) =>
        answerPlainly({ postMessage: (message) => there.emit('rpc.message', message) }, data),
      )
    return { transport: bare(transport(here)), here, there, close: () => ends.client.disconnect() }
  }

const deaths = {
  'the other side disconnects': {
    says: /disconnect/,
    die: ({ connection }: { connection: Joined }) => connection.there.disconnect(),
  },
  'this side disconnects': {
    says: /disconnect/,
    die: ({ connection }: { connection: Joined }) => connection.here.disconnect(),
  },
}

// As of `new RPC({ event })`.
const event = (socket: End): Transport => emitterTransport(socket as RPCEmitter)

contract(
  'socketIoTransport, at the client',
  joining('client', (socket) => socketIoTransport(socket)),
  { text: true, deaths },
)
contract(
  'socketIoTransport, at the server',
  joining('server', (socket) => socketIoTransport(socket)),
  { text: true, deaths },
)
contract('a socket of socket.io as event, at the client', joining('client', event), { text: true, deaths })
contract('a socket of socket.io as event, at the server', joining('server', event), { text: true, deaths })
