/** A worker that can end in every way in which a worker can. */
import type { Endpoint } from '../../../src/index.ts'
import { serve } from '../../contract/service.ts'

// Taken before anybody could overhear it.
const closeAtOnce = self.close.bind(self)

serve(globalThis as unknown as Endpoint, {
  closeSelf: () => self.close(),
  closeGlobal: () => close(),
  closeBehind: () => closeAtOnce(),
  spin(ms: number) {
    const end = performance.now() + ms
    while (performance.now() < end);
  },
})
