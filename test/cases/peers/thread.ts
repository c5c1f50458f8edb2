import { parentPort } from 'node:worker_threads'
import { channelTransport, type Endpoint, expose } from '../../../src/index.ts'
import { api } from './api.ts'

const at = parentPort as unknown as Endpoint
const [, , ...words] = process.argv

if (words.includes('channels')) for (const name of ['a', 'b']) expose(api, channelTransport(at, name))
else expose(api)
// It is to outlive its last caller.
if (words.includes('ref')) parentPort?.ref()
// Somebody else hears it, too.
if (words.includes('listener')) parentPort?.on('message', () => {})
