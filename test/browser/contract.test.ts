import { afterAll, describe, expect, test } from 'vitest'
import type { Diagnostic } from '../../src/index.ts'
import { type Connection, type Kind, opener, within } from '../contract/fixture.ts'
import { countOnTarget } from '../contract/listeners.ts'
import { brokenStart, lateStart } from '../contract/starting.ts'
import { contract } from '../contract/suite.ts'

interface BrowserWorker extends Connection {
  readonly transport: Worker
  readonly listeners: () => number
}

// Vite finds worker scripts by this literal form only.
const scripts = {
  service: () => new Worker(new URL('../contract/workers/service.ts', import.meta.url), { type: 'module' }),
  ports: () => new Worker(new URL('../contract/workers/ports.ts', import.meta.url), { type: 'module' }),
  plain: () => new Worker(new URL('../contract/workers/plain.ts', import.meta.url), { type: 'module' }),
  silent: () => new Worker(new URL('../contract/workers/silent.ts', import.meta.url), { type: 'module' }),
  late: () => new Worker(new URL('../contract/workers/late.ts', import.meta.url), { type: 'module' }),
  behindAwait: () =>
    new Worker(new URL('../contract/workers/behind-await.ts', import.meta.url), { type: 'module' }),
  throws: () => new Worker(new URL('../contract/workers/throws.ts', import.meta.url), { type: 'module' }),
  throwsThenServes: () =>
    new Worker(new URL('../contract/workers/throws-then-serves.ts', import.meta.url), { type: 'module' }),
}

function run(script: () => Worker): BrowserWorker {
  const worker = script()
  // A worker's error that nobody handles is reported as one of this page.
  worker.addEventListener('error', (event) => event.preventDefault())
  return { transport: worker, listeners: countOnTarget(worker), close: () => worker.terminate() }
}

contract('a browser worker', (kind) => run(scripts[kind]), {
  transfer: true,
  trusted: true,
  deaths: {
    'its owner terminates it': {
      says: /was terminated/,
      die: ({ connection }) => connection.transport.terminate(),
    },
  },
  listeners: ({ listeners }) => listeners(),
})

const portWorker = scripts.ports()
afterAll(() => portWorker.terminate())

function connectPort(
  kind: Kind,
): Connection & { readonly transport: MessagePort; readonly listeners: () => number } {
  const { port1, port2 } = new MessageChannel()
  portWorker.postMessage({ port: port2, kind }, [port2])
  return { transport: port1, listeners: countOnTarget(port1), close: () => port1.close() }
}

contract('a MessagePort that was transferred to a browser worker', connectPort, {
  transfer: true,
  carrier: ({ transport }) => transport,
  listeners: ({ listeners }) => listeners(),
})

lateStart('a browser worker', (kind) => run(kind === '400 ms late' ? scripts.late : scripts.behindAwait))

const missing = '/no/such/worker.js'

brokenStart(
  'a browser worker',
  (kind) => run(kind === 'throws at load' ? scripts.throws : () => new Worker(missing, { type: 'module' })),
  { 'throws at load': /thrown at load/, 'is not there': /could not be loaded/ },
)

describe('a browser worker that fails and lives on', () => {
  const { open } = opener(run)

  test('the missing script of the test above is a 404', async () => {
    expect((await fetch(missing)).status).toBe(404)
  })

  test('C48: a worker in which a script throws at load and another introduces itself later is connected all the same', async () => {
    const { rpc } = await open(scripts.throwsThenServes)
    expect(await within(45_000, rpc.invoke('add', [1, 2]))).toBe(3)
    expect(await within(45_000, rpc.invoke('add', [1, 2]))).toBe(3)
  })

  test('S44: an error that the worker does not catch fails no call, and is a diagnostic', async () => {
    let tell: (event: Diagnostic) => void = () => {}
    const told = new Promise<Diagnostic>((resolve) => (tell = resolve))
    const { rpc } = await open(scripts.service, {
      onDiagnostic: (event) => event.kind === 'waiting' || tell(event),
    })
    const met = rpc.invoke('meet', [1, 2])
    rpc.notify('crash')
    expect(await within(45_000, told)).toMatchObject({
      kind: 'peer-error',
      error: { message: expect.stringContaining('crashed in flight') },
    })
    await rpc.invoke('meet', [2, 2])
    expect(await met).toBe(2)
  })
})
