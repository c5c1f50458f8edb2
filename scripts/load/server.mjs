// One server process of `npm run load`, and its clients: `server.mjs {"medium", "seconds", "rounds", "clients", "rate", "attack"?}`.
import { fork } from 'node:child_process'
import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { MessageChannel, Worker } from 'node:worker_threads'
import { Server } from 'socket.io'
import { WebSocketServer } from 'ws'
import { RPC } from '../../dist/index.js'
import { processTransport } from '../../dist/adapters/process/process.js'
import { websocketTransport } from '../../dist/adapters/websocket/websocket.js'
import { serveSocketIo } from '../../dist/entries/socket-io-server.js'

const { medium, seconds, rounds, clients, rate, attack } = JSON.parse(process.argv[2])
const script = fileURLToPath(new URL('client.mjs', import.meta.url))
/** Processes of the medium `fork`: as many as there are callers would be too many for one machine. */
const PROCESSES = 10

let phase = 'warm'
const methods = {
  work: () => phase,
  echo: (...values) => values,
  large: (length) => 'x'.repeat(length),
  never: () => new Promise(() => {}),
  async *count(to) {
    for (let i = 1; i <= to; i++) yield i
  },
}
const serve = (transport) => new RPC({ transport, methods })

let max = 0
setInterval(() => (max = Math.max(max, process.memoryUsage().rss)), 50).unref()
process.on('disconnect', () => process.exit(1))

/** @returns where clients find it, if it listens. */
async function listen() {
  if (medium !== 'WebSocket' && medium !== 'socket.io') return undefined
  const http = createServer()
  if (medium === 'socket.io') serveSocketIo(new Server(http, { transports: ['websocket'] }), methods)
  else new WebSocketServer({ server: http }).on('connection', (socket) => serve(websocketTransport(socket)))
  await new Promise((resolve) => http.listen(0, '127.0.0.1', resolve))
  return `${medium === 'WebSocket' ? 'ws' : 'http'}://127.0.0.1:${http.address().port}`
}

const url = await listen()

/** @returns one process or thread of clients. */
function start(role, callers) {
  const task = { medium, role, url, callers, rate, attack }
  const side = medium === 'threads' ? startThread(task) : startProcess(task)
  const { on } = side
  const heard = new Promise((resolve, reject) => {
    on((message) => message.outcomes && resolve(message.outcomes))
    side.ended((code) => reject(new Error(`the ${role} clients ended with ${code}`)))
  })
  heard.catch(() => {})
  let sent = { sent: 0, count: 0 }
  on((message) => message.count && (sent = message))
  const ready = new Promise((resolve) => on((message) => message.ready && resolve()))
  return { ready: Promise.race([ready, heard]), heard, sent: () => sent, stop: side.stop }
}

function startThread(task) {
  const channels = Array.from({ length: task.callers }, () => new MessageChannel())
  const ports = channels.map(({ port1 }) => port1)
  for (const { port2 } of channels) serve(port2)
  const worker = new Worker(script, { workerData: { ...task, ports }, transferList: ports })
  return {
    on: (hear) => worker.on('message', hear),
    ended: (hear) => worker.once('exit', hear),
    stop: () => worker.terminate(),
  }
}

function startProcess(task) {
  const child = fork(script, [JSON.stringify(task)], { serialization: 'advanced' })
  if (medium === 'fork') serve(processTransport(child))
  return {
    // What is no JSON-RPC message is for us.
    on: (hear) => child.on('message', (message) => message && !message.jsonrpc && hear(message)),
    ended: (hear) => child.once('exit', hear),
    stop: () => child.kill('SIGKILL'),
  }
}

const isFork = medium === 'fork'
const good = Array.from({ length: isFork ? PROCESSES : 1 }, () =>
  start('good', isFork ? clients / PROCESSES : clients),
)
await Promise.all(good.map(({ ready }) => ready))
await sleep(1_500)
const sent = { harmless: { sent: 0, count: 0 }, hostile: { sent: 0, count: 0 } }
const memory = {}
for (let round = 0; round < rounds; round++)
  for (const role of ['harmless', 'hostile']) {
    const one = start(role, 1)
    await one.ready
    await sleep(300)
    max = 0
    phase = role
    await sleep(seconds * 1_000)
    phase = 'warm'
    memory[role] = Math.max(memory[role] ?? 0, max)
    sent[role].sent += one.sent().sent
    sent[role].count += one.sent().count
    await one.stop()
    await sleep(300)
  }
phase = 'stop'
const outcomes = (await Promise.all(good.map(({ heard }) => heard))).flat()
process.send({ outcomes, sent, memory }, () => process.exit(0))
