import type { RPC } from '../../../src/index.ts'
import { broughtMethods } from './brought.ts'
import { callbackMethods } from './callbacks.ts'
import { errorMethods } from './errors.ts'
import { objectMethods } from './objects.ts'
import { signalMethods } from './signals.ts'
import { streamMethods } from './streams.ts'
import { transferMethods } from './transfers.ts'
import { uncarriedMethods } from './uncarried.ts'
import { webStreamMethods } from './webstreams.ts'

/** What the service knows about values that cross. */
export const valueMethods = (rpc: () => RPC): object => ({
  brought: broughtMethods(),
  callback: callbackMethods(),
  error: errorMethods(),
  object: objectMethods(rpc),
  signal: signalMethods(),
  stream: streamMethods(),
  transfer: transferMethods(),
  uncarried: uncarriedMethods(),
  web: webStreamMethods(),
})
