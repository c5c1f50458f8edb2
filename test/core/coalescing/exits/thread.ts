/** A Node thread that says something and exits in the same turn. */
import process from 'node:process'
import { parentPort, workerData } from 'node:worker_threads'
import { RPC } from '../../../../src/index.ts'
import { speakAndExit } from './speaking.ts'

if (!parentPort) throw new Error('This is not a thread')
const rpc = new RPC({ transport: parentPort })
await rpc.connect()
speakAndExit(rpc, workerData as string, (code) => process.exit(code))
