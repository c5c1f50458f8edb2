import { processTransport } from '../../../../src/adapters/process/process.ts'
import { RPC } from '../../../../src/index.ts'

const rpc = new RPC({ transport: processTransport(process) })
await rpc.invoke('add', [1, 2])
rpc.destroy()
