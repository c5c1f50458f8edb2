import { expose, rpcOf, wrap } from 'portcall'
import { websocketTransport } from 'portcall/websocket'
import { WebSocket } from 'ws'
import { start } from './server.mjs'

const { url, close } = await start()

// In a browser: websocketTransport(url).
const transport = websocketTransport(() => new WebSocket(url), { reconnect: { initial: 50 } })
const server = wrap(transport)
expose({ name: () => 'client' }, transport)

console.log(await server.add(1, 2))
console.log(await server.greet())
for await (const n of server.countdown(3)) console.log(n)

const waits = server.wait().catch((error) => console.log(error.code, error.message))
server.drop().catch(() => {})
await waits

// It waits until the connection is there again.
console.log(await server.add(3, 4))

rpcOf(server).destroy()
close()
