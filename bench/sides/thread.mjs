// The answering side in a Node thread. It loads its own peer only, as fifteen threads start at once.
import { parentPort, workerData } from 'node:worker_threads'
import { createAPI } from '../api.mjs'

const [peer] = Object.values(await import(`../peers/${workerData.peer}.mjs`))
const serve = (endpoint) => peer.serve({ kind: 'thread', endpoint }, createAPI())
if (peer.over.thread === 'port') parentPort.once('message', serve)
else await serve(parentPort)
