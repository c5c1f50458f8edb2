// The answering side of the studies: the thread's memory, and whatever a study wants to be there.
import { parentPort, workerData } from 'node:worker_threads'
import * as Comlink from 'comlink/dist/esm/comlink.mjs'
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs'
import { callContext, expose, RPC } from '../../dist/index.js'
import { createAPI } from '../api.mjs'
import { messenger } from '../peers/messenger.mjs'
import { heapUsed } from './heap.mjs'

const limits = { maxInFlight: 200_000 }

/** Ends when the caller has given up. */
const wait = () =>
  new Promise((_, reject) => {
    const { signal } = callContext()
    signal.addEventListener('abort', () => reject(signal.reason))
  })

const api = { ...createAPI(), heapUsed, wait }

const kinds = {
  api: () => expose(api, parentPort, { limits }),
  methods({ count }) {
    for (let i = 0; i < count; i++) api[`method${i}`] = () => i
    expose(api, parentPort)
  },
  /** As many connections as ports come. */
  connections() {
    parentPort.on('message', ({ rpc, raw, comlink }) => {
      for (const port of rpc) new RPC({ transport: port, methods: { echo: api.echo } })
      for (const port of raw) {
        const { post, listen } = messenger({ endpoint: port })
        listen(({ id, args }) => post({ id, result: args[0] }))
      }
      for (const port of comlink) Comlink.expose(api, nodeEndpoint(port))
    })
  },
}

kinds[workerData.kind](workerData)
