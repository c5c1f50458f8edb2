// The clients of one server of `npm run load`, as a process or a thread: 100 that mean well, or one that sends so many
// bytes a second, harmless or hostile ones. What it is told: { medium, role, url?, callers, rate, ports?, attack? }.
import { setTimeout as sleep } from 'node:timers/promises'
import { serialize } from 'node:v8'
import { isMainThread, parentPort, workerData } from 'node:worker_threads'
import { io } from 'socket.io-client'
import { WebSocket } from 'ws'
import { RPC } from '../../dist/index.js'
import { processTransport } from '../../dist/adapters/process/process.js'
import { socketIoTransport } from '../../dist/adapters/socket-io/socket-io.js'
import { websocketTransport } from '../../dist/adapters/websocket/websocket.js'
import { attacksOn, hello } from './attacks.mjs'

const { medium, role, url, callers, rate, ports, attack } = isMainThread
  ? JSON.parse(process.argv[2])
  : workerData
/** Milliseconds between two calls of one client. */
const PAUSE = 50
/** Between two bursts of a client that sends at a rate. */
const BURST = 20

// A server that has ended needs to be told nothing more.
const told = (message) => (isMainThread ? process.send(message, () => {}) : parentPort.postMessage(message))
if (isMainThread) process.on('disconnect', () => process.exit())

const socket = () => io(url, { transports: ['websocket'], forceNew: true, reconnection: false })

const transports = {
  WebSocket: () => websocketTransport(new WebSocket(url)),
  'socket.io': () => socketIoTransport(socket()),
  threads: (n) => ports[n],
  fork: () => processTransport(process),
}

async function call(rpc, n) {
  const start = performance.now()
  const phase = await rpc.invoke('work', [n, 'x'.repeat(200), { list: [1, 2, 3] }])
  return { phase, ms: performance.now() - start }
}

async function meanWell(index, rpc) {
  const latencies = {}
  const failures = []
  for (let n = 0; ; n++) {
    await sleep(PAUSE * (0.5 + ((index * 7 + n * 3) % 10) / 10))
    try {
      const { phase, ms } = await call(rpc, n)
      if (phase === 'stop') break
      ;(latencies[phase] ??= []).push(ms)
      if (n % 40 === index % 40) {
        let items = 0
        for await (const item of await rpc.invoke('count', [5])) items += item > 0
        if (items !== 5) failures.push(`a stream of 5 had ${items}`)
      }
    } catch (error) {
      failures.push(String(error.message).slice(0, 200))
      if (failures.length > 20) break
    }
  }
  return { latencies, failures }
}

async function good() {
  // A process has one channel to its parent, which its callers share.
  const one = medium === 'fork' ? new RPC({ transport: transports.fork() }) : undefined
  const rpcs = Array.from({ length: callers }, (_, n) => one ?? new RPC({ transport: transports[medium](n) }))
  await Promise.all(rpcs.map((rpc) => rpc.connect()))
  told({ ready: true })
  const outcomes = await Promise.all(rpcs.map((rpc, n) => meanWell(n, rpc)))
  told({ outcomes })
}

/** How a message is posted without a library: it need not be what an RPC would say. */
async function rawPost() {
  if (medium === 'threads') {
    const [port] = ports
    port.on('message', () => {})
    return (message) => port.postMessage(message)
  }
  if (medium === 'fork') return (message) => process.send(message, () => {})
  if (medium === 'socket.io') {
    const client = socket()
    await new Promise((resolve) => client.once('connect', resolve))
    // A17: each message asks for an acknowledgement.
    return (message) => client.connected && client.emit('rpc.message', message, () => {})
  }
  const client = new WebSocket(url)
  await new Promise((resolve) => client.once('open', resolve))
  if (role === 'hostile') slowly(client)
  return (message) => client.readyState === WebSocket.OPEN && client.send(JSON.stringify(message))
}

/** A12: read for a moment in each second. */
function slowly(client) {
  setInterval(() => {
    client.pause()
    setTimeout(() => client.resume(), 900)
  }, 1_000)
}

const isText = medium === 'WebSocket' || medium === 'socket.io'
const sizeOf = (message) => (isText ? JSON.stringify(message).length : serialize(message).byteLength)

const harmless = [
  ['none', () => ({ jsonrpc: '2.0', id: ++harmlessId, method: 'work', params: [1, 'x'.repeat(4_000), {}] })],
]
let harmlessId = 0

async function bad() {
  const post = await rawPost()
  const messages =
    role === 'hostile' ? attacksOn(medium).filter(([id]) => !attack || id === attack) : harmless
  post(hello)
  told({ ready: true })
  let sent = 0
  let count = 0
  const start = performance.now()
  for (let n = 0; ;) {
    await sleep(BURST)
    const allowed = ((performance.now() - start) / 1_000) * rate
    // Messages that are a few bytes are bounded in number, too.
    for (let most = 0; sent < allowed && most < 10; most++) {
      const message = messages[n++ % messages.length][1]()
      sent += sizeOf(message)
      count++
      post(message)
    }
    told({ sent, count })
  }
}

await (role === 'good' ? good() : bad())
