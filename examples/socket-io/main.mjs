import { expose, rpcOf, wrap } from 'portcall'
import { socketIoTransport } from 'portcall/socket-io'
import { io } from 'socket.io-client'
import { startServer } from './server.mjs'

const server = await startServer()

function join(user) {
  const socket = io(server.url, {
    transports: ['websocket'],
    forceNew: true,
    auth: { token: 'secret', user },
  })
  const transport = socketIoTransport(socket)
  const remote = wrap(transport)
  expose({ answer: (question) => `${user} says yes to "${question}"` }, transport)
  return { socket, remote }
}

const ada = join('ada')
const bob = join('bob')
console.log(await ada.remote.whoAmI(), 'and', await bob.remote.whoAmI())
console.log(await ada.remote.size(new Uint8Array(1_000)), 'bytes')
await Promise.all([ada.remote.enter('lobby'), bob.remote.enter('lobby')])
console.log(await ada.remote.poll('lobby', 'Ready?'))

// A drop rejects what was sent, and the next connection is a new epoch.
const lost = bob.remote.hang().catch((error) => console.log(error.code, error.message))
await bob.remote.whoAmI()
bob.socket.io.engine.close()
await lost
console.log(await bob.remote.whoAmI(), 'is back')

for (const { socket, remote } of [ada, bob]) {
  rpcOf(remote).destroy()
  socket.disconnect()
}
await server.close()
