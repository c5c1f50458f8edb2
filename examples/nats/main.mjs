import { fork } from 'node:child_process'
import { once } from 'node:events'
import { connect } from '@nats-io/transport-node'
import { rpcOf, wrap } from 'portcall'
import { callNats, natsTransport } from 'portcall/nats'

const workers = [1, 2, 3].map(() => fork(new URL('./worker.mjs', import.meta.url)))
await Promise.all(workers.map((worker) => once(worker, 'message')))

const nc = await connect({ servers: process.env.NATS ?? '127.0.0.1:4222' })
const math = callNats(nc, 'math')
console.log(await math.invoke('add', [1, 2]))
const pids = await Promise.all(Array.from({ length: 60 }, () => math.invoke('pid')))
console.log(new Set(pids).size, 'processes answered 60 calls')

// A session with one of them, which can do all that portcall can.
const session = wrap(natsTransport(nc, 'math'))
for await (const n of session.count(3)) console.log('counted', n)
rpcOf(session).destroy()

const busy = Promise.race(workers.map((worker) => once(worker, 'message').then(() => worker)))
const lost = math.invoke('hang').catch((error) => console.log(error.code, error.message))
const killed = await busy
killed.kill('SIGKILL')
await lost
console.log(await math.invoke('add', [3, 4]))

math.destroy()
await nc.close()
for (const worker of workers) if (worker.connected) worker.disconnect()
