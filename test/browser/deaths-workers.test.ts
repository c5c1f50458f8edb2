import { expect, test } from 'vitest'
import { ErrorCode } from '../../src/index.ts'
import { rejection, within } from '../contract/fixture.ts'
import { countOnTarget } from '../contract/listeners.ts'
import { matrix, PATIENCE, note, rounds, type Scene } from '../deaths/matrix.ts'
import { now, watchedRPC } from '../deaths/scenario.ts'
import { serveWatched } from '../deaths/service.ts'

interface ToWorker extends Scene {
  readonly at: Worker
  readonly end: () => void
}

const locksPending = async (): Promise<number> =>
  ((await navigator.locks.query()).pending ?? []).filter(({ name }) => name?.startsWith('portcall:')).length

const start = (): ToWorker => {
  const at = new Worker(new URL('./deaths/worker.ts', import.meta.url), { type: 'module' })
  return {
    at,
    listeners: countOnTarget(at),
    // What the lock tells is known when it has been asked for.
    ready: () => expect.poll(locksPending, { timeout: PATIENCE }).toBeGreaterThan(0),
    end: () => Worker.prototype.terminate.call(at),
  }
}

const byLock = 'the Web Lock that the worker holds'
const byCall = 'the call is overheard'
const spinning =
  (ms: number) =>
  (scene: ToWorker, { rpc }: { rpc: { notify: Notify } }) => {
    rpc.notify('spin', [ms])
    return scene
  }
type Notify = (method: string, params: unknown[]) => void

matrix('a worker', start, {
  '`worker.terminate()`': { die: ({ at }) => at.terminate(), found: byCall },
  '`worker.terminate()` while it is busy': {
    die: (scene, watched) => spinning(10_000)(scene, watched).at.terminate(),
    found: byCall,
    slow: true,
  },
  '`Worker.prototype.terminate.call(worker)`': {
    die: ({ at }) => Worker.prototype.terminate.call(at),
    found: byLock,
  },
  '`Worker.prototype.terminate.call(worker)` while it is busy': {
    die: (scene, watched) => Worker.prototype.terminate.call(spinning(10_000)(scene, watched).at),
    found: byLock,
    slow: true,
  },
  '`self.close()`': { die: (_, { rpc }) => rpc.notify('closeSelf'), found: 'its goodbye' },
  '`close()`, by its global': { die: (_, { rpc }) => rpc.notify('closeGlobal'), found: 'its goodbye' },
  'a `close` that it took before': { die: (_, { rpc }) => rpc.notify('closeBehind'), found: byLock },
  '`destroy()` over there': { die: (_, { rpc }) => rpc.notify('leave'), found: 'its goodbye' },
})

const broken: Record<string, () => Worker> = {
  'it throws at load': () =>
    new Worker(new URL('../contract/workers/throws.ts', import.meta.url), { type: 'module' }),
  'its script is a 404': () => new Worker('/no/such/worker.js', { type: 'module' }),
}

test.for(Object.entries(broken))(
  'S44: %s: 10 calls that wait, with a stream and a callback, end PEER_GONE, and nothing is left',
  { timeout: 300_000 },
  async ([death, make], context) => {
    const ms: number[] = []
    let reason = ''
    for (let left = rounds(2); left > 0; left--) {
      const worker = make()
      worker.addEventListener('error', (event) => event.preventDefault())
      const listeners = countOnTarget(worker)
      const began = now()
      const { rpc, isOpen } = watchedRPC({ transport: worker })
      const items = async function* (): AsyncGenerator<number> {
        yield 1
      }
      const calls = [
        ...Array.from({ length: 8 }, () => rpc.invoke('hang')),
        rpc.invoke('stream.collect', [items()]),
        rpc.invoke('callback.keep', ['ours', () => 'ours']),
        rpc.connect(),
      ]
      const reasons = await within(PATIENCE, Promise.all(calls.map(rejection)))
      ms.push(now() - began)
      expect(reasons).toEqual(Array(11).fill(expect.objectContaining({ code: ErrorCode.PEER_GONE })))
      reason = String(Reflect.get(Object(reasons[0]), 'message'))
      expect(isOpen()).toBe(false)
      rpc.destroy()
      expect(listeners()).toBe(0)
      worker.terminate()
    }
    const found = '`error` of the Worker'
    note(context, { environment: 'a worker', death, reconnects: false, found, reason, ms })
  },
)

const heartbeat = 50

test(
  'S43: a worker that has nothing to do holds no lock: who calls it after its end finds out by a heartbeat, or a deadline',
  { timeout: 300_000 },
  async (context) => {
    const ms: number[] = []
    let reason = ''
    for (let left = rounds(1); left > 0; left--) {
      const { at, end } = start()
      const { rpc } = watchedRPC({ transport: at, heartbeat })
      await rpc.invoke('count')
      await expect.poll(locksPending, { timeout: PATIENCE }).toBeGreaterThan(0)
      await expect.poll(locksPending, { timeout: PATIENCE }).toBe(0)
      end()
      const called = now()
      const calls = Array.from({ length: 10 }, () => rejection(rpc.invoke('hang')))
      const reasons = await within(PATIENCE, Promise.all(calls))
      ms.push(now() - called)
      expect(reasons).toEqual(Array(10).fill(expect.objectContaining({ code: ErrorCode.PEER_GONE })))
      reason = String(Reflect.get(Object(reasons[0]), 'message'))
      expect(reason).toMatch(/no sign of life/)
      rpc.destroy()
    }
    const death = '`Worker.prototype.terminate.call(worker)` while it is idle, before it is called'
    const found = `nothing but \`heartbeat: ${heartbeat}\``
    note(context, { environment: 'a worker', death, reconnects: false, found, reason, ms })
  },
)

matrix(
  'a MessagePort',
  () => {
    const { port1: at, port2 } = new MessageChannel()
    const listeners = countOnTarget(at)
    const far = serveWatched(port2, { heartbeat })
    return { at, port2, far, listeners, end: () => (at.close(), port2.close()) }
  },
  {
    '`destroy()` over there': { die: ({ far }) => far.rpc.destroy(), found: 'its goodbye' },
    // Neither browser tells.
    'the other side closes its port, and there is a heartbeat': {
      die: ({ port2 }) => port2.close(),
      says: /no sign of life/,
      found: `nothing but \`heartbeat: ${heartbeat}\``,
      options: { heartbeat },
    },
  },
)
