/** A process with many connections to one server, which is killed in the middle of calls: `victim.ts <medium> <url> <count>`. */
import { io } from 'socket.io-client'
import { WebSocket } from 'ws'
import { socketIoTransport } from '../../../src/adapters/socket-io/socket-io.ts'
import { websocketTransport } from '../../../src/adapters/websocket/websocket.ts'
import { RPC, type Transport } from '../../../src/index.ts'
import { parentRPC } from '../../adapters/parent.ts'
import { serviceMethods } from '../methods.ts'

const [, , medium, url = '', count] = process.argv

const transport = (): Transport =>
  medium === 'WebSocket'
    ? websocketTransport(new WebSocket(url))
    : socketIoTransport(io(url, { transports: ['websocket'], forceNew: true }))

for (let n = 0; n < Number(count); n++) new RPC({ transport: transport(), methods: serviceMethods() })

parentRPC({}).notify('ready')
