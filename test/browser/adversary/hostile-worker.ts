/** A hostile worker. It is the peer of the page that made it, so what is exposed to it it may call. */
import { hello } from '../../peer/peer.ts'
import { createLoot, shootAll } from './loot.ts'
import { obeyOrders } from './orders.ts'

const loot = createLoot()
addEventListener('message', ({ data, ports }) => loot.take(data, ports))
addEventListener('messageerror', ({ data }) => loot.take(data))

obeyOrders((order) => {
  if (order.do === 'loot') return loot.all()
  if (order.do === 'greet') return postMessage(hello(crypto.randomUUID(), { capabilities: order.can }))
  if (order.do !== 'shoot') throw new Error(`A worker does not ${order.do}`)
  shootAll(order.shots, loot.take, (message, transfer) => postMessage(message, { transfer }))
})
