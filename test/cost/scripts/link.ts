/** Starts the hostile peer, in a thread or a process, and gives it orders. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import type { AddressInfo, Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { MessageChannel, Worker } from 'node:worker_threads'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Medium } from '../family.ts'
import type { Loaded, Shot } from '../hostile-peer.ts'
import type { Order } from './hostile-thread.ts'
import { type Connect, overPort, overProcess, overSocket, overStdio, overText } from './transports.ts'

export interface Link {
  readonly connect: Connect
  readonly load: (shot: Shot) => Promise<Loaded>
  /** Let everything be sent. Where a thread sends it, all of it is there when this returns, and the thread waits. */
  readonly fire: (round: number) => void
  readonly done: (round: number) => void
  readonly close: () => void
}

interface Told {
  readonly loaded?: Loaded
  readonly error?: string
}

/** What the hostile peer says to an order. */
function answersOf(): { readonly tell: (told: Told) => void; readonly next: () => Promise<Loaded> } {
  let settle: ((told: Told) => void) | undefined
  return {
    tell: (told) => settle?.(told),
    next: () =>
      new Promise((resolve, reject) => {
        settle = ({ loaded, error }) => (loaded ? resolve(loaded) : reject(new Error(error)))
      }),
  }
}

let thread: Worker | undefined

function linkToThread(medium: Medium): Link {
  const { tell, next } = answersOf()
  thread ??= new Worker(new URL('./hostile-thread.mjs', import.meta.url), {
    // The limit of this process is not meant for it.
    resourceLimits: { maxOldGenerationSizeMb: 2_048 },
  })
  const to = thread
  to.removeAllListeners('message')
  to.on('message', tell)
  const { port1, port2 } = new MessageChannel()
  const lock = new Int32Array(new SharedArrayBuffer(8))
  to.postMessage({ connect: port2, medium, lock } satisfies Order, [port2])
  return {
    connect: medium === 'text' ? overText(port1) : overPort(port1),
    load: (shot) => {
      to.postMessage({ load: shot } satisfies Order)
      return next()
    },
    fire: (round) => {
      Atomics.store(lock, 1, round - 1)
      const before = Atomics.load(lock, 0)
      to.postMessage({ fire: round } satisfies Order)
      Atomics.wait(lock, 0, before)
    },
    done: (round) => {
      Atomics.store(lock, 1, round)
      Atomics.notify(lock, 1)
    },
    close: () => port1.close(),
  }
}

const start = (...args: string[]): ChildProcess =>
  fork(fileURLToPath(new URL('./hostile-process.mjs', import.meta.url)), args, {
    execArgv: [],
    serialization: 'advanced',
    stdio: ['pipe', 'pipe', 'inherit', 'ipc', 'pipe'],
  })

async function linkToProcess(medium: Medium): Promise<Link> {
  const { tell, next } = answersOf()
  let child: ChildProcess
  let connect: Connect
  if (medium === 'websocket') {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
    await once(server, 'listening')
    child = start(medium, `ws://127.0.0.1:${(server.address() as AddressInfo).port}`)
    const [socket] = (await once(server, 'connection')) as [WebSocket]
    server.close()
    connect = overSocket(socket)
  } else {
    child = start(medium)
    connect = medium === 'stdio' ? overStdio(child) : overProcess(child)
  }
  const orders = child.stdio[4] as Socket
  createInterface({ input: orders }).on('line', (line) => tell(JSON.parse(line) as Told))
  const say = (order: object): void => void orders.write(`${JSON.stringify(order)}\n`)
  return {
    connect,
    load: (shot) => {
      say({ load: shot })
      return next()
    },
    fire: () => say({}),
    done: () => {},
    close: () => void child.kill(),
  }
}

export const connectTo = async (medium: Medium): Promise<Link> =>
  medium === 'port' || medium === 'text' ? linkToThread(medium) : linkToProcess(medium)
