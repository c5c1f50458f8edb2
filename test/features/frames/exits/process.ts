/** A child process that says something over its IPC channel and exits in the same turn. */
import process from 'node:process'
import { RPC, type Transport } from '../../../../src/index.ts'
import { speakAndExit } from './speaking.ts'

let listener = (_data: unknown): void => {}
const transport: Transport = {
  post: (message) => void process.send?.(message),
  listen({ message }) {
    listener = (data) => message(data)
    process.on('message', listener)
  },
  close: () => void process.off('message', listener),
}

const rpc = new RPC({ transport })
await rpc.connect()
speakAndExit(rpc, String(process.argv[2]), (code) => process.exit(code))
