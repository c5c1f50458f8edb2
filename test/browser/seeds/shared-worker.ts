/** The child of the published example: a shared worker. */
import { RPC, RPCMessageEvent } from '../../../src/index.ts'

addEventListener('connect', (event) => {
  const [port] = (event as MessageEvent).ports
  if (port) void serve(port)
})

async function serve(port: MessagePort): Promise<void> {
  port.start()
  const rpc = new RPC({ event: new RPCMessageEvent({ currentEndpoint: port, targetEndpoint: port }) })
  rpc.registerMethod('Child.random', () => Math.random())

  await rpc.connect(45_000)

  const max = await rpc.invoke('Main.max', [1, 2])
  const min = await rpc.invoke('Main.min', [1, 2])
  rpc.notify('Main.print', [{ max, min }])
}
