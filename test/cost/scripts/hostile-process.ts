/** The hostile peer in a process. It gets its orders as lines of JSON by a pipe of their own, as the others are the medium. */
import { Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { WebSocket } from 'ws'
import type { Medium } from '../family.ts'
import { createHostilePeer, type HostilePeer, type Shot } from '../hostile-peer.ts'

const [medium, url = ''] = process.argv.slice(2) as [Medium, string?]

function createPeer(): HostilePeer {
  if (medium === 'fork') {
    const peer = createHostilePeer(medium, (wire) => void process.send?.(wire))
    process.on('message', (wire) => peer.hear(wire))
    return peer
  }
  if (medium === 'stdio') {
    const peer = createHostilePeer(medium, (wire) => void process.stdout.write(`${String(wire)}\n`))
    createInterface({ input: process.stdin }).on('line', (line) => peer.hear(line))
    return peer
  }
  const socket = new WebSocket(url)
  const peer = createHostilePeer(medium, (wire) => socket.send(String(wire)))
  socket.on('message', (data: Buffer) => peer.hear(data.toString()))
  return peer
}

const peer = createPeer()
const orders = new Socket({ fd: 4 })
const say = (line: object): void => void orders.write(`${JSON.stringify(line)}\n`)

createInterface({ input: orders }).on('line', (line) => {
  const order = JSON.parse(line) as { readonly load?: Shot }
  if (order.load)
    peer.load(order.load).then(
      (loaded) => say({ loaded }),
      (error: unknown) => say({ error: String(error) }),
    )
  else peer.fire()
})
