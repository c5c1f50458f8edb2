import { broadcastBus } from '../../../../src/adapters/broadcast.ts'
import { methods } from './methods.ts'

// A tab that stays, or the worker of a page.
broadcastBus(`bfcache${location.search}`, { methods })
