import { parentPort } from 'node:worker_threads'
import { processTransport } from '../../../src/adapters/process/process.ts'
import { expose } from '../../../src/index.ts'
import { api, thrown } from './deep-values.ts'

const all = { ...api, fail: (kind: string, levels: number) => thrown(kind, levels) }
if (parentPort) expose(all)
else expose(all, processTransport(process))
