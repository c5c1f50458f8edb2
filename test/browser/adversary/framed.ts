/** A victim as a page of its own, with its honest peer in an iframe, for an adversary that frames or opens it. */
import { windowTransport } from '../../../src/index.ts'
import { obeyOrders } from './orders.ts'
import { createVictim, type FramedReport, type Victim } from './victim.ts'
import { watch } from './watch.ts'

const watched = watch()
const frame = document.createElement('iframe')
const src = new URLSearchParams(location.search).get('peer') ?? ''
let victim: Victim | undefined
frame.src = src
document.body.append(frame)

obeyOrders((order): FramedReport | undefined => {
  if (order.do === 'connect') victim = createVictim(windowTransport(frame, { origin: new URL(src).origin }))
  if (order.do === 'end') victim?.end()
  if (order.do !== 'report' || !victim) return undefined
  return { ...victim.report(), uncaught: watched.uncaught, changed: watched.changed(), exposed: [] }
})
