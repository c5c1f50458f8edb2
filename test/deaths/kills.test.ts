/**
 * 500 connections lose their other side in the middle of calls, by SIGKILL of its process or termination of its thread: each
 * call settles, and the survivor keeps nothing. A process or thread that is ended may have many connections.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { MessageChannel, Worker } from 'node:worker_threads'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { processTransport } from '../../src/adapters/process/process.ts'
import { socketIoTransport } from '../../src/adapters/socket-io/socket-io.ts'
import { websocketTransport } from '../../src/adapters/websocket/websocket.ts'
import type { RPCInitOptions } from '../../src/index.ts'
import { bundleScripts, type Scripts } from '../adapters/process/scripts.ts'
import { bundleScript, type Script } from '../adapters/processes.ts'
import { startRig } from '../adapters/socket-io/servers.ts'
import { listen } from '../adapters/websocket/servers.ts'
import { within } from '../contract/fixture.ts'
import { countOnEmitter } from '../contract/listeners.ts'
import { countOn, countOnNode } from './listeners.ts'
import { expectEnded, PATIENCE } from './matrix.ts'
import { live, type Watched, watchedRPC } from './scenario.ts'

/** What is killed at once, and how often. Together 500 connections. */
const THREADS = { rounds: 10, atOnce: 4, connections: 4 }
const FORKS = { rounds: 10, atOnce: 3, connections: 1 }
const SOCKETS = { rounds: 4, atOnce: 2, connections: 20 }
const SOCKET_IO = { rounds: 5, atOnce: 2, connections: 15 }

type Transports = RPCInitOptions['transport']

/** One connection of the survivor. */
interface Connection {
  readonly watched: Watched
  /** Listeners of ours that are left on the host's object. */
  readonly listeners: () => number
}

const connection = (transport: Transports, listeners: () => number): Connection => ({
  watched: watchedRPC({ connectTimeout: PATIENCE, transport }),
  listeners,
})

/** All connections are in the middle of everything when `kill` is called. @returns how many there were. */
async function killed(all: readonly Connection[], kill: () => unknown): Promise<number> {
  try {
    const living = await within(PATIENCE, Promise.all(all.map(({ watched }) => live(watched))))
    const ended = living.map(({ settled }) => settled)
    await kill()
    for (const outcome of await within(PATIENCE, Promise.all(ended))) {
      expectEnded(outcome)
      expect(outcome.open).toBe(false)
    }
  } finally {
    for (const { watched } of all) watched.rpc.destroy()
  }
  expect(all.map(({ listeners }) => listeners())).toEqual(all.map(() => 0))
  return all.length
}

const times = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make)

const sum = ({ rounds, atOnce, connections }: typeof THREADS): number => rounds * atOnce * connections

let threads: Scripts<'ports'>
let forks: Scripts<'service'>
let victim: Script

beforeAll(async () => {
  const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
  threads = await bundleScripts(at('../contract/workers/'), ['ports'])
  forks = await bundleScripts(at('../adapters/process/children/'), ['service'])
  victim = await bundleScript(at('scripts/victim.ts'))
}, 60_000)
afterAll(async () => {
  threads.remove()
  forks.remove()
  await victim.remove()
})

const kill = async (child: ChildProcess): Promise<void> => {
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}

test('500 connections are lost', () => {
  expect([THREADS, FORKS, SOCKETS, SOCKET_IO].reduce((total, one) => total + sum(one), 0)).toBe(500)
})

test(`S43: ${sum(THREADS)} MessagePorts of threads that are terminated in the middle of calls leave nothing open`, async () => {
  let count = 0
  for (let round = 0; round < THREADS.rounds; round++) {
    const workers = times(THREADS.atOnce, () => new Worker(threads.path('ports')))
    const all = workers.flatMap((worker) =>
      times(THREADS.connections, () => {
        const { port1, port2: port } = new MessageChannel()
        worker.postMessage({ port, kind: 'service' }, [port])
        return connection(port1, () => countOnEmitter(port1))
      }),
    )
    count += await killed(all, () => Promise.all(workers.map((worker) => worker.terminate())))
  }
  expect(count).toBe(sum(THREADS))
}, 60_000)

test(`S48: ${sum(FORKS)} forked processes that are killed in the middle of calls leave nothing open`, async () => {
  let count = 0
  for (let round = 0; round < FORKS.rounds; round++) {
    const children = times(FORKS.atOnce, () =>
      fork(forks.path('service'), {
        serialization: round % 2 ? 'json' : 'advanced',
        stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      }),
    )
    const all = children.map((child) => {
      const listeners = countOnNode(child)
      return connection(processTransport(child), listeners)
    })
    count += await killed(all, () => Promise.all(children.map(kill)))
  }
  expect(count).toBe(sum(FORKS))
}, 60_000)

/** Start processes with connections, and let them be killed when all of those have come. */
async function killProcesses(
  medium: string,
  url: string,
  { atOnce, connections }: typeof THREADS,
  next: (count: number) => Promise<Connection[]>,
): Promise<number> {
  const come = next(atOnce * connections)
  const running = await Promise.all(times(atOnce, () => victim.start(medium, url, String(connections))))
  const all = await within(PATIENCE, come)
  return killed(all, () => Promise.all(running.map((one) => one.kill())))
}

/** Collects what a server accepts. */
function accepting(): {
  readonly add: (one: Connection) => void
  readonly next: (count: number) => Promise<Connection[]>
} {
  const waiting: Connection[] = []
  let wake = (): void => {}
  return {
    add(one) {
      waiting.push(one)
      wake()
    },
    async next(count) {
      while (waiting.length < count) await new Promise<void>((resolve) => (wake = resolve))
      return waiting.splice(0)
    },
  }
}

test(`S48: ${sum(SOCKETS)} WebSockets of processes that are killed in the middle of calls leave nothing open`, async () => {
  const { add, next } = accepting()
  const server = await listen((socket) => {
    const listeners = countOnNode(socket)
    add(connection(websocketTransport(socket), listeners))
  })
  try {
    let count = 0
    for (let round = 0; round < SOCKETS.rounds; round++)
      count += await killProcesses('WebSocket', server.url, SOCKETS, next)
    expect(count).toBe(sum(SOCKETS))
  } finally {
    await server.close()
  }
}, 60_000)

test(`S48: ${sum(SOCKET_IO)} socket.io clients of processes that are killed in the middle of calls leave nothing open`, async () => {
  const { add, next } = accepting()
  const rig = await startRig()
  rig.io.on('connection', (socket) => {
    const listeners = countOn(socket, 'rpc.message', 'disconnect')
    add(connection(socketIoTransport(socket), listeners))
  })
  try {
    let count = 0
    for (let round = 0; round < SOCKET_IO.rounds; round++)
      count += await killProcesses('socket.io', rig.url, SOCKET_IO, next)
    expect(count).toBe(sum(SOCKET_IO))
  } finally {
    await rig.close()
  }
}, 60_000)
