/** The portcall that is attacked: that of `src`, or another one (meter.ts), and two sides of it over several media. */
import { MessageChannel } from 'node:worker_threads'
import type * as current from '../../src/index.ts'
import { linkedPair } from '../../src/testing.ts'
import { otherLibrary } from './meter.ts'

export const library = (await (otherLibrary
  ? import(/* @vite-ignore */ otherLibrary)
  : import('../../src/index.ts'))) as typeof current

type Options = Omit<current.RPCInitOptions, 'transport'>

/** The side that attacks, and the one that is attacked. */
export interface Sides extends AsyncDisposable {
  readonly hostile: current.RPC
  readonly host: current.RPC
}

async function sidesOf(
  transports: readonly [current.Transport, current.Transport],
  options: Options,
  close: () => void,
): Promise<Sides> {
  const hostile = new library.RPC({ transport: transports[0] })
  const host = new library.RPC({ ...options, transport: transports[1] })
  await Promise.all([hostile.connect(5_000), host.connect(5_000)])
  return {
    hostile,
    host,
    [Symbol.asyncDispose]: () => {
      hostile.destroy()
      host.destroy()
      close()
      return Promise.resolve()
    },
  }
}

/** Two sides over a MessageChannel of threads, and over text. */
export const media = {
  ports: (options: Options = {}): Promise<Sides> => {
    const { port1, port2 } = new MessageChannel()
    return sidesOf([library.endpointTransport(port1), library.endpointTransport(port2)], options, () => {
      port1.close()
      port2.close()
    })
  },
  text: (options: Options = {}): Promise<Sides> => {
    const { left, right } = linkedPair({ text: true })
    return sidesOf([left, right], options, () => {})
  },
}

export const overEach = Object.entries(media)
