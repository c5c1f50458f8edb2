/** A worker that exposes something to its page, which is hostile, and speaks by a port with somebody who is not. */
import { expose, proxy, rpcOf, wrap } from '../../../src/index.ts'
import { everythingIn } from './loot.ts'
import { obeyOrders } from './orders.ts'
import { createVictim, type FramedReport, SECRET, type Victim } from './victim.ts'
import { watch } from './watch.ts'

const called: string[] = []
const vault = { _secret: SECRET, run: () => called.push('vault.run') }
const api = {
  add: (...args: unknown[]) => called.push(`add ${everythingIn(args)}`),
  note: () => void called.push('note'),
  vault: () => proxy(vault),
}
expose(api)
const page = wrap(globalThis as unknown as Worker)
const watched = watch()
let victim: Victim | undefined

addEventListener('message', ({ data, ports: [port] }) => {
  if (data === 'a port' && port) victim = createVictim(port)
})

obeyOrders((order): FramedReport | undefined => {
  if (order.do === 'end') rpcOf(page).destroy()
  if (order.do !== 'report' || !victim) return undefined
  return { ...victim.report(), uncaught: watched.uncaught, changed: watched.changed(), exposed: called }
})
