/** A Node thread that says something and exits in the same turn, or answers until it is told to leave. */
import process from 'node:process'
import { parentPort, workerData } from 'node:worker_threads'
import { RPC } from '../../../../src/index.ts'
import { speakAndExit } from './speaking.ts'

if (!parentPort) throw new Error('This is not a thread')
const methods = { echo: (value: unknown) => value, leave: () => process.exit(3) }
const rpc = new RPC({ transport: parentPort, methods })
await rpc.connect()
if (workerData !== 'answer') speakAndExit(rpc, workerData as string, (code) => process.exit(code))
