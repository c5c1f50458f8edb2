import { connect } from '@nats-io/transport-node'
import { serveNats } from 'portcall/nats'

const nc = await connect({ servers: process.env.NATS ?? '127.0.0.1:4222' })
serveNats(nc, 'math', {
  add: (a, b) => a + b,
  pid: () => process.pid,
  async hang() {
    process.send('hanging')
    await new Promise(() => {})
  },
  async *count(to) {
    for (let i = 1; i <= to; i++) yield i
  },
})
await nc.flush()
process.send('ready')
process.on('disconnect', () => process.exit())
