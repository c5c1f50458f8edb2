/** The child of the published example: a worker. */
import { RPC, RPCMessageEvent } from '../../../src/index.ts'

const rpc = new RPC({ event: new RPCMessageEvent({ currentEndpoint: self, targetEndpoint: self }) })
rpc.registerMethod('Child.random', () => Math.random())

await rpc.connect(45_000)

const max = await rpc.invoke('Main.max', [1, 2])
const min = await rpc.invoke('Main.min', [1, 2])
rpc.notify('Main.print', [{ max, min }])
