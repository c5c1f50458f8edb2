/** The child of the published example: a window that is told where its parent or opener is. */
import { RPC, RPCMessageEvent } from '../../../src/index.ts'

const targetOrigin = new URLSearchParams(location.search).get('origin') ?? location.origin

const rpc = new RPC({
  event: new RPCMessageEvent({
    currentEndpoint: window,
    targetEndpoint: (window.opener as Window | null) ?? window.parent,
    config: { targetOrigin },
  }),
})
rpc.registerMethod('Child.random', () => Math.random())

await rpc.connect(45_000)

const max = await rpc.invoke('Main.max', [1, 2])
const min = await rpc.invoke('Main.min', [1, 2])
rpc.notify('Main.print', [{ max, min }])
