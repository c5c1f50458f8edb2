/** A Node thread that answers on its parentPort, or on a port that it was given. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { RPCMessageEvent } from '../../src/index.ts'
import { answer, type Kind } from './other-side.ts'

const { kind, port = parentPort } = workerData as { kind: Kind; port?: MessagePort }

if (port) answer(kind, new RPCMessageEvent({ currentEndpoint: port, targetEndpoint: port }))

// So that it lives on when its RPC is gone, as browser workers do; its owner terminates it.
setInterval(() => {}, 60_000)
