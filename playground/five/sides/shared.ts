// The other side in a SharedWorker: one counter for all tabs.
import { callContext, wrap } from 'portcall'
import { serve } from 'portcall/shared-worker'
import type { PageSide } from '../page-side.ts'
import { createSide } from '../side.mjs'

let count = 0

const server = serve({
  ...createSide('a shared worker', () => wrap<PageSide>(callContext().transport).viewport()),
  count() {
    count++
    server.broadcast('counted', [count, server.clients.size])
    return `${count}, by ${server.clients.size === 1 ? 'this tab' : `${server.clients.size} tabs`}`
  },
  end: () => self.close(),
})
