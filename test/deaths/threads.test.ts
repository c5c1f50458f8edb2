import { fileURLToPath } from 'node:url'
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads'
import { afterAll, beforeAll } from 'vitest'
import { bundleScripts, type Scripts } from '../adapters/process/scripts.ts'
import { countOnEmitter } from '../contract/listeners.ts'
import { countOnNode } from './listeners.ts'
import { matrix, type Scene } from './matrix.ts'
import { serveWatched } from './service.ts'

const folder = fileURLToPath(new URL('../contract/workers/', import.meta.url))
let scripts: Scripts<'service' | 'ports'>
beforeAll(async () => {
  scripts = await bundleScripts(folder, ['service', 'ports'])
}, 60_000)
afterAll(() => scripts.remove())

const start = (name: 'service' | 'ports'): Worker => {
  const worker = new Worker(scripts.path(name))
  // An uncaught error of the thread is the test's subject, and fatal where nobody listens.
  worker.on('error', () => {})
  return worker
}

matrix(
  'a Node thread',
  (): Scene & { readonly at: Worker } => {
    const at = start('service')
    return { at, listeners: countOnNode(at), end: () => at.terminate() }
  },
  {
    '`worker.terminate()`': { die: ({ at }) => at.terminate(), found: '`exit` of the Worker' },
    '`Worker.prototype.terminate.call(worker)`': {
      die: ({ at }) => Worker.prototype.terminate.call(at),
      found: '`exit` of the Worker',
    },
    '`process.exit()` in the thread': {
      die: (_, { rpc }) => rpc.notify('exit'),
      found: '`exit` of the Worker',
    },
    'an error that the thread does not catch': {
      die: (_, { rpc }) => rpc.notify('crash'),
      found: '`error` and `exit` of the Worker',
    },
    '`destroy()` over there': { die: (_, { rpc }) => rpc.notify('leave'), found: 'its goodbye' },
  },
)

matrix(
  'a MessagePort of a Node thread',
  (): Scene & { readonly at: MessagePort; readonly worker: Worker } => {
    const worker = start('ports')
    const { port1: at, port2: port } = new MessageChannel()
    worker.postMessage({ port, kind: 'service' }, [port])
    return { at, worker, listeners: () => countOnEmitter(at), end: () => worker.terminate() }
  },
  {
    'the thread closes it': { die: (_, { rpc }) => rpc.notify('closePort'), found: '`close` of the port' },
    'the thread is terminated': { die: ({ worker }) => worker.terminate(), found: '`close` of the port' },
  },
)

matrix(
  'a MessagePort in one Node thread',
  () => {
    const { port1: at, port2 } = new MessageChannel()
    const far = serveWatched(port2)
    return { at, far, port2, listeners: () => countOnEmitter(at), end: () => port2.close() }
  },
  {
    'the other side closes its port': { die: ({ port2 }) => port2.close(), found: '`close` of both ports' },
    'this side closes its port': { die: ({ at }) => at.close(), found: '`close` of both ports' },
    '`destroy()` over there': { die: ({ far }) => far.rpc.destroy(), found: 'its goodbye' },
  },
)
