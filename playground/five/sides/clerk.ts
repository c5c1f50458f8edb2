// The other side on the bus: a worker that has no other connection to its page.
import { callContext, wrap } from 'portcall'
import { broadcastBus } from 'portcall/broadcast'
import type { PageSide } from '../page-side.ts'
import { createSide } from '../side.mjs'

broadcastBus('portcall-five', {
  name: self.name,
  methods: createSide('a worker on the bus', () => wrap<PageSide>(callContext().transport).viewport()),
})
