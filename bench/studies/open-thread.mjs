import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'

const thread = fileURLToPath(new URL('thread.mjs', import.meta.url))

export const openThread = (workerData) => new Worker(thread, { workerData })
