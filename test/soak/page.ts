/** The page of the soak: calls to a worker, frames and a port, while those are ended and made anew all the time. */
import { expose, type Remote, rpcOf, windowTransport, wrap } from '../../src/index.ts'
import { type Random, randomOf } from '../fuzz/random.ts'
import { Account, createService, running, type Service, work } from './work.ts'

export interface Report {
  readonly made: number
  readonly settled: number
  readonly ends: Readonly<Record<string, number>>
  readonly kinds: Readonly<Record<string, number>>
  /** How often each way of ending a peer was taken. */
  readonly restarts: Readonly<Record<string, number>>
  readonly broken: readonly string[]
  /** What is left at the end, by what it is; all 0 if all is well. */
  readonly left: Readonly<Record<string, number>>
}

/** Somebody to call, who is ended and made anew. */
interface Peer {
  readonly name: string
  remote: Remote<Service>
  /** Ways to end it; each leaves another one in `remote`. */
  readonly restarts: Readonly<Record<string, () => void | Promise<void>>>
  readonly stop: () => void
}

interface Soak {
  start(seed: number, other: string): void
  progress(): { readonly calls: number; readonly restarts: number }
  finish(): Promise<Report>
}

declare global {
  var soak: Soak
}

/** Milliseconds after which whatever waits waits for ever. */
const PATIENCE = 30_000

const account = new Account()
const restarts: Record<string, number> = {}
const passed = new Set<WeakRef<object>>()
let isOver = false
let loops: Promise<unknown> = Promise.resolve()
let peers: readonly Peer[] = []

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

const within = async (what: string, promise: Promise<unknown>): Promise<void> => {
  let isDone = false
  void promise.then(() => (isDone = true))
  for (let waited = 0; waited < PATIENCE && !isDone; waited += 20) await pause(20)
  if (!isDone) account.complain(`${what} did not come to its end in ${PATIENCE} ms`)
}

/** Whoever has ended is missed without a word from this page. */
const gone = (peer: Peer): Promise<void> => {
  const rpc = rpcOf(peer.remote)
  const found = new Promise<void>((resolve) => {
    rpc.onPeer((state) => {
      if (state === 'gone' || state === 'closed') resolve()
    })
  })
  return within(`a ${peer.name} that has ended`, found)
}

/** Whether this page waits for the locks of all workers that it calls. */
async function isWatched(): Promise<boolean> {
  const workers = peers.filter(({ name }) => name === 'worker' || name === 'steady').length
  for (let tries = 0; tries < 50; tries++) {
    const { pending = [] } = await navigator.locks.query()
    if (pending.length >= workers) return true
    await pause(20)
  }
  return false
}

function workerPeer(): Peer {
  let worker: Worker
  const start = (): Remote<Service> => {
    worker = new Worker('/worker.js', { type: 'module' })
    expose(createService(), worker)
    return wrap<Service>(worker)
  }
  const again = (): void => {
    rpcOf(peer.remote).destroy()
    peer.remote = start()
  }
  const peer: Peer = {
    name: 'worker',
    remote: start(),
    restarts: {
      terminate: () => {
        worker.terminate()
        again()
      },
      'terminate, destroyed first': () => {
        rpcOf(peer.remote).destroy()
        worker.terminate()
        again()
      },
      // Nobody tells the page; the lock does, once it is told of it.
      'terminate behind its back': async () => {
        const known = await isWatched()
        if (known) Worker.prototype.terminate.call(worker)
        else worker.terminate()
        await gone(peer)
        again()
      },
      'closes itself': async () => {
        rpcOf(peer.remote).notify('close')
        await gone(peer)
        worker.terminate()
        again()
      },
    },
    stop: () => {
      rpcOf(peer.remote).destroy()
      worker.terminate()
    },
  }
  return peer
}

function framePeer(name: string, origin: string): Peer {
  const src = `${origin}/frame.html?parent=${encodeURIComponent(location.origin)}`
  let frame: HTMLIFrameElement
  const embed = (): void => {
    frame = document.createElement('iframe')
    frame.src = src
    document.body.append(frame)
  }
  const connect = (): Remote<Service> => {
    const remote = wrap<Service>(windowTransport(frame, { origin }))
    expose(createService(), windowTransport(frame, { origin }))
    return remote
  }
  embed()
  const peer: Peer = {
    name,
    remote: connect(),
    restarts: {
      'reload from outside': () => {
        frame.src = `${src}&again=${Math.floor(performance.now())}`
      },
      'reload from inside': () => rpcOf(peer.remote).notify('reload'),
      removal: async () => {
        frame.remove()
        await gone(peer)
        rpcOf(peer.remote).destroy()
        embed()
        peer.remote = connect()
      },
      'destroyed, the frame stays': () => {
        rpcOf(peer.remote).destroy()
        peer.remote = connect()
      },
    },
    stop: () => {
      rpcOf(peer.remote).destroy()
      frame.remove()
    },
  }
  return peer
}

function portPeer(): Peer {
  let ends: readonly { readonly destroy: () => void }[] = []
  let ports: readonly MessagePort[] = []
  const start = (): Remote<Service> => {
    const { port1, port2 } = new MessageChannel()
    const [here, there] = [wrap<Service>(port1), wrap<Service>(port2)]
    expose(createService(), port1)
    expose(
      createService(() => there),
      port2,
    )
    ports = [port1, port2]
    ends = [rpcOf(here), rpcOf(there)]
    return here
  }
  const stop = (): void => {
    ends.forEach((end) => end.destroy())
    ports.forEach((port) => port.close())
  }
  const again = (step: () => void) => (): void => {
    step()
    stop()
    peer.remote = start()
  }
  const peer: Peer = {
    name: 'port',
    remote: start(),
    restarts: {
      'destroyed here': again(() => ends[0]?.destroy()),
      'destroyed there': again(() => ends[1]?.destroy()),
    },
    stop,
  }
  return peer
}

/** A worker that is never ended. */
const steadyPeer = (): Peer => ({ ...workerPeer(), name: 'steady', restarts: {} })

async function keepCalling(peer: Peer, random: Random): Promise<void> {
  const keep = (callback: object): void => {
    if (peer.name === 'steady' && random.once(8)) passed.add(new WeakRef(callback))
  }
  while (!isOver) {
    const jobs = Array.from({ length: 1 + random.below(8) }, () =>
      work({ random, account, remote: peer.remote, passed: keep }),
    )
    await within(`work with the ${peer.name}`, Promise.all(jobs))
    // Also where all of that was refused at once.
    await pause(0)
  }
}

async function keepRestarting(peer: Peer, random: Random): Promise<void> {
  const names = Object.keys(peer.restarts)
  while (!isOver && names.length) {
    await account.count(
      'add',
      () => peer.remote.add(1, 2),
      (sum) => sum === 3,
    )
    await pause(20 + random.below(150))
    const name = random.pick(names)
    await peer.restarts[name]?.()
    const full = `${peer.name}: ${name}`
    restarts[full] = (restarts[full] ?? 0) + 1
  }
}

const sum = (record: Readonly<Record<string, number>>): number =>
  Object.values(record).reduce((total, n) => total + n, 0)

addEventListener('unhandledrejection', ({ reason }) => account.complain(`unhandled: ${String(reason)}`))
addEventListener('error', ({ message }) => account.complain(`uncaught: ${message}`))

async function leftBy(steady: Peer): Promise<Record<string, number>> {
  const { gc } = globalThis as { readonly gc?: () => void }
  const isHeld = (): boolean => [...passed].some((weak) => weak.deref())
  // The other side collects its remotes and gives them back, then this side its callbacks.
  for (let tries = 0; gc && tries < 40 && isHeld(); tries++) {
    await steady.remote.collect()
    await pause(20)
    gc()
  }
  const { handlers, generators } = await steady.remote.busy()
  return {
    'callbacks kept for the steady worker': gc ? [...passed].filter((weak) => weak.deref()).length : 0,
    'handlers in the steady worker': handlers,
    'generators in the steady worker': generators,
  }
}

globalThis.soak = {
  start: (seed, other) => {
    peers = [
      steadyPeer(),
      workerPeer(),
      framePeer('frame', location.origin),
      framePeer('frame of another origin', other),
      portPeer(),
    ]
    loops = Promise.all(
      peers.flatMap((peer, i) => [
        keepCalling(peer, randomOf(seed + i)),
        keepRestarting(peer, randomOf(seed + 100 + i)),
      ]),
    )
  },
  progress: () => ({ calls: account.made, restarts: sum(restarts) }),
  finish: async () => {
    isOver = true
    await within('the soak', loops)
    const [steady] = peers
    const left = steady ? await leftBy(steady) : {}
    for (const { stop } of peers) stop()
    for (let waited = 0; waited < 5_000 && running.handlers + running.generators > 0; waited += 20)
      await pause(20)
    for (const [kind, n] of account.open) if (n) account.complain(`${n} of ${kind} never settled`)
    return {
      made: account.made,
      settled: account.settled,
      ends: account.ends,
      kinds: account.kinds,
      restarts,
      broken: account.broken,
      left: {
        ...left,
        'unsettled calls': account.made - account.settled,
        'handlers in the page': running.handlers,
        'generators in the page': running.generators,
      },
    }
  },
}
