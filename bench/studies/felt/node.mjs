// A fresh process with the bundles of one peer: `node node.mjs ACT NEAR FAR` prints the figures of an act.
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import { connectThread } from '../../sides/connect.mjs'
import { acts } from './acts.mjs'

const [act, near, far] = process.argv.slice(2)
const figures = await acts[act]({
  load: () => import(pathToFileURL(near).href),
  makeWorker: () => new Worker(far),
  connect: (peer, worker) => connectThread(peer, worker, []),
})
process.stdout.write(JSON.stringify(figures), () => process.exit())
