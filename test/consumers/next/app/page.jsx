import { RPC } from 'portcall'
import { Calls } from './calls'

export const dynamic = 'force-dynamic'

/** Runs on the server. */
export default async function Page() {
  const { port1, port2 } = new MessageChannel()
  const rpc = new RPC({ transport: port1, methods: { 'Main.max': (a, b) => Math.max(a, b) } })
  const other = new RPC({ transport: port2 })
  const max = await other.invoke('Main.max', [1, 2])
  rpc.destroy()
  other.destroy()
  return <Calls max={max} />
}
