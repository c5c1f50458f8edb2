import { broadcastBus } from '../../../../src/entries/broadcast.ts'
import { methods } from './methods.ts'

// A tab that stays, a frame, or the worker of a page.
const bus = broadcastBus(`bfcache${location.search}`, { methods })

// As soon as nobody is there any more: whoever hears it is in the cache.
if (location.search === '?talks') bus.onLeave(() => setInterval(() => bus.broadcast('talk'), 20))
