/** A page that leaves, comes back, and says how that was. Nobody drives it, as a debugger may keep it out of the cache. */
import { broadcastBus } from '../../../../src/entries/broadcast.ts'
import { serviceWorkerTransport } from '../../../../src/entries/service-worker.ts'
import { sharedWorkerTransport } from '../../../../src/entries/shared-worker.ts'
import { RPC, windowTransport } from '../../../../src/index.ts'
import { type Case, cases, type Report } from '../protocol.ts'

const at = Number(new URLSearchParams(location.search).get('case'))
const name = cases[at] ?? 'nothing'
const PATIENCE = 20_000

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

const outcome = (promise: Promise<unknown>): Promise<unknown> =>
  Promise.race([
    promise.catch((error: unknown) => Reflect.get(Object(error), 'code') ?? String(error)),
    pause(PATIENCE).then(() => 'it never settled'),
  ])

interface Held {
  readonly rpc?: RPC
  /** Call anew. */
  readonly again?: () => Promise<unknown>
  /** Wait until it may leave. */
  readonly ready?: () => Promise<unknown>
  readonly open?: Promise<unknown>
  /** So that it lives as long as the page. */
  readonly member?: Worker
}

const toWorker = (): RPC => new RPC({ transport: new Worker('/worker.js', { type: 'module' }) })

const toShared = (): RPC =>
  new RPC({ transport: sharedWorkerTransport(new SharedWorker('/shared.js', { type: 'module' })) })

/** A worker for this very page. */
async function register(script: string): Promise<ServiceWorkerRegistration> {
  const scope = location.pathname + location.search
  const registration = await navigator.serviceWorker.register(script, { scope })
  while (registration.active?.state !== 'activated') await pause(20)
  return registration
}

async function toBareService(script: string): Promise<Held> {
  const { active } = await register(script)
  const heard = new Promise((resolve) => (navigator.serviceWorker.onmessage = resolve))
  active?.postMessage('hello')
  await heard
  return {}
}

const toService = async (): Promise<RPC> =>
  new RPC({ transport: serviceWorkerTransport(await register('/service.js')) })

/** Wait until only the worker holds a lock. */
async function noOwnLocks(): Promise<void> {
  for (let i = 0; i < 200 && (await countLocks()) > 1; i++) await pause(50)
}

function toFrame(host: string): RPC {
  const frame = document.createElement('iframe')
  const origin = location.origin.replace(location.hostname, host)
  frame.src = `${origin}/child?${encodeURIComponent(location.origin)}`
  document.body.append(frame)
  return new RPC({ transport: windowTransport(frame, { origin }) })
}

const other = location.hostname === 'localhost' ? '127.0.0.1' : 'localhost'

const countLocks = async (): Promise<number> => {
  const { held = [], pending = [] } = await navigator.locks.query()
  return held.length + pending.length
}

async function locks(areThere: boolean): Promise<void> {
  for (let i = 0; i < 200 && (await countLocks()) > 0 !== areThere; i++) await pause(50)
}

/** Wait until it is idle: a worker has taken its lock, and given it back. */
async function noLocks(): Promise<void> {
  await locks(true)
  await locks(false)
}

const bareFrame = (): Promise<unknown> =>
  new Promise((resolve) => {
    const frame = document.createElement('iframe')
    frame.addEventListener('load', resolve)
    frame.src = '/away?stay'
    document.body.append(frame)
  })

const idle = async (rpc: RPC): Promise<Held> => {
  await rpc.invoke('add', [1, 2])
  return { rpc }
}

const busy = async (rpc: RPC): Promise<Held> => {
  const { rpc: connected } = await idle(rpc)
  const open = outcome(rpc.invoke('later', [1_500]))
  await rpc.invoke('add', [1, 2])
  return { ...(connected && { rpc: connected }), open }
}

async function onBus(channel: string): Promise<Held> {
  const bus = broadcastBus(channel)
  const joined = (): Promise<string> => new Promise((resolve) => bus.onJoin(({ id }) => resolve(id)))
  await bus.peer(await joined()).invoke('add', [1, 2])
  // It forgets everybody when it is left.
  return { again: async () => bus.peer(await joined()).invoke('add', [20, 22]) }
}

const make: Record<Case, () => Promise<Held>> = {
  nothing: async () => ({}),
  'a bare worker': async () => {
    const worker = new Worker('/bare.js', { type: 'module' })
    await new Promise((resolve) => worker.addEventListener('message', resolve, { once: true }))
    return {}
  },
  'a bare iframe': async () => {
    await bareFrame()
    return {}
  },
  'a bare SharedWorker': async () => {
    const { port } = new SharedWorker('/bare.js', { type: 'module' })
    await new Promise((resolve) => {
      port.onmessage = resolve
    })
    return {}
  },
  'a bare BroadcastChannel': async () => {
    new BroadcastChannel('bare').onmessage = () => {}
    return {}
  },
  'bare locks that are not held any more': async () => {
    await navigator.locks.request('bare', () => pause(50))
    return {}
  },
  'an idle worker': async () => ({ ...(await idle(toWorker())), ready: noLocks }),
  'a worker after destroy()': async () => {
    const { rpc } = await busy(toWorker())
    rpc?.destroy()
    return { ready: () => locks(false) }
  },
  'a worker with an open call': () => busy(toWorker()),
  'a worker that keeps a callback': async () => {
    const rpc = toWorker()
    await rpc.invoke('keep', [() => 'kept'])
    return { rpc }
  },
  'an idle iframe of its own origin': () => idle(toFrame(location.hostname)),
  'an idle iframe of another origin': () => idle(toFrame(other)),
  'an iframe of its own origin with an open call': () => busy(toFrame(location.hostname)),
  'an iframe of another origin with an open call': () => busy(toFrame(other)),
  'an idle SharedWorker': async () => {
    const held = await idle(toShared())
    await noLocks()
    return held
  },
  'a SharedWorker with an open call': () => busy(toShared()),
  'a bus': async () => {
    open('/member', '_blank', 'noopener')
    return { ...(await onBus('bfcache')), ready: noLocks }
  },
  'a bus with a worker on it': async () => {
    const member = new Worker('/member.js?alone', { type: 'module' })
    return { ...(await onBus('bfcache?alone')), member }
  },
  'a bus with an iframe on it': async () => {
    const frame = document.createElement('iframe')
    frame.src = '/member?framed'
    document.body.append(frame)
    return { ...(await onBus('bfcache?framed')), ready: noLocks }
  },
  'a bus on which others talk': async () => {
    open('/member?talks', '_blank', 'noopener')
    return { ...(await onBus('bfcache?talks')), ready: noLocks }
  },
  'a bare service worker': () => toBareService('/bare-service.js'),
  'a bare service worker that holds a lock': () => toBareService('/bare-service.js?lock'),
  'an idle service worker': async () => {
    const held = await idle(await toService())
    await noOwnLocks()
    return held
  },
  'a service worker with an open call': async () => busy(await toService()),
}

async function report(said: Omit<Report, 'case'>): Promise<void> {
  const body: Report = { case: name, ...said }
  await fetch('/report', { method: 'POST', body: JSON.stringify(body) })
  if (at + 1 < cases.length) location.replace(`/page?case=${at + 1}`)
}

const reasonsOf = (): string => {
  const [entry] = performance.getEntriesByType('navigation')
  return JSON.stringify(Reflect.get(entry ?? {}, 'notRestoredReasons') ?? null)
}

/** A new call; 42 where there is nobody to call. */
const callAgain = ({ rpc, again }: Held): Promise<unknown> =>
  outcome(again?.() ?? rpc?.invoke('add', [20, 22]) ?? Promise.resolve(42))

async function visit(): Promise<void> {
  const held = await make[name]()
  const { rpc, ready, open } = held
  const states: string[] = []
  rpc?.onPeer((state) => states.push(state))
  await ready?.()
  addEventListener('pageshow', ({ persisted }) => {
    if (!persisted) return
    const back = async (): Promise<void> =>
      report({ persisted, open: await open, again: await callAgain(held), states })
    back().catch((error: unknown) => report({ persisted, error: String(error) }))
  })
  sessionStorage.setItem(name, 'left')
  location.assign('/away')
}

const startAnew = async (): Promise<void> =>
  report({ persisted: false, reasons: reasonsOf(), again: await callAgain(await make[name]()) })

// What is left while it loads is no place to come back to.
addEventListener('load', () =>
  setTimeout(() => {
    const isBack = sessionStorage.getItem(name) !== null
    const step = isBack ? startAnew() : visit()
    step.catch((error: unknown) => report({ persisted: false, error: String(error) }))
  }, 20),
)
