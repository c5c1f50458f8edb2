import { once } from 'node:events'
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { ErrorCode } from '../../src/index.ts'
import { type Connection, type Kind, opener, rejection, within } from './fixture.ts'
import { countOnEmitter } from './listeners.ts'
import { brokenStart, lateStart } from './starting.ts'
import { contract } from './suite.ts'
import { bundleScripts, type Script } from './threads.ts'

let scripts: Awaited<ReturnType<typeof bundleScripts>>
beforeAll(async () => {
  scripts = await bundleScripts()
})
afterAll(() => scripts.remove())

interface Thread extends Connection {
  readonly transport: Worker
  /** Listeners that were there before the RPC: one here, and Node's own. */
  readonly before: number
}

const run = (path: string): Thread => {
  const worker = new Worker(path)
  // An uncaught error of the thread is the test's subject, and fatal where nobody listens.
  worker.on('error', () => {})
  return { transport: worker, before: countOnEmitter(worker), close: () => worker.terminate() }
}

const runScript = (script: Script): Thread => run(scripts.path(script))

contract('a Node thread', runScript, {
  transfer: true,
  trusted: true,
  listeners: ({ transport, before }) => countOnEmitter(transport) - before,
  deaths: {
    'the thread calls process.exit': { says: /exited with code 3/, die: ({ rpc }) => rpc.notify('exit') },
    'terminate() is called': {
      says: /exited with code 1/,
      die: ({ connection }) => connection.transport.terminate(),
    },
    'an error in the thread is not caught': {
      says: /crashed in flight/,
      die: ({ rpc }) => rpc.notify('crash'),
    },
  },
})

interface ThreadPort extends Connection {
  readonly transport: MessagePort
  readonly worker: Worker
}

contract('a MessagePort that was transferred to a Node thread', connectPort, {
  transfer: true,
  carrier: ({ transport }) => transport,
  listeners: ({ transport }) => countOnEmitter(transport),
  deaths: {
    'the thread closes its port': { says: /the port was closed/, die: ({ rpc }) => rpc.notify('closePort') },
    'this side closes its port': {
      says: /the port was closed/,
      die: ({ connection }) => connection.transport.close(),
    },
    'the thread is terminated': {
      says: /the port was closed/,
      die: ({ connection }) => connection.worker.terminate(),
    },
  },
})

function connectPort(kind: Kind): ThreadPort {
  const worker = new Worker(scripts.path('ports'))
  const { port1, port2 } = new MessageChannel()
  worker.postMessage({ port: port2, kind }, [port2])
  return { transport: port1, worker, close: () => worker.terminate() }
}

lateStart('a Node thread', (kind) => runScript(kind === '400 ms late' ? 'late' : 'behind-await'))

brokenStart(
  'a Node thread',
  (kind) =>
    kind === 'throws at load' ? runScript('throws') : run(`${scripts.path('throws')}.not.there.mjs`),
  { 'throws at load': /thrown at load/, 'is not there': /Cannot find module/ },
)

const { open } = opener(runScript)

test('S43: a thread that is terminated before it listens rejects what waits with PEER_GONE', async () => {
  const { rpc, connection } = await open('late')
  const waits = rejection(rpc.invoke('add', [1, 2]))
  void connection.transport.terminate()
  expect(await within(45_000, waits)).toMatchObject({
    code: ErrorCode.PEER_GONE,
    message: expect.stringContaining('exited with code'),
  })
})

test('S50: a thread ends by itself when nothing is pending in it, whatever deadlines there were', async () => {
  const thread = runScript('finishes')
  onTestFinished(() => void thread.close())
  const [code] = await within(45_000, once(thread.transport, 'exit'))
  expect(code).toBe(0)
})
