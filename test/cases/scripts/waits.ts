// A call that waits for ever for a peer that never comes: nothing here keeps the process alive.
import { RPC } from '../../../src/index.ts'

const start = performance.now()
const rpc = new RPC({ transport: { post() {}, listen() {}, close() {} }, connectTimeout: 0 })
void rpc.invoke('add')
process.on('exit', () => process.stdout.write(performance.now() - start < 2_500 ? 'waits' : 'was kept alive'))
