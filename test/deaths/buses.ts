/** Two on a bus. What the RPC to a member keeps cannot be seen: a bus makes it. */
import { type Bus, broadcastBus, type BusOptions } from '../../src/entries/broadcast.ts'
import type { RPC } from '../../src/index.ts'
import type { Scene } from './matrix.ts'
import { serviceMethods } from './methods.ts'
import type { Watched } from './scenario.ts'

export interface OnBus extends Scene {
  readonly theirs: Bus<RPC>
}

/** Wait for somebody else. */
export async function joined(bus: Bus<RPC>): Promise<Watched> {
  const id = await new Promise<string>((resolve) => bus.onJoin((peer) => resolve(peer.id)))
  return { rpc: bus.peer(id), isOpen: () => undefined }
}

export async function openBus(options: BusOptions = {}): Promise<OnBus> {
  const name = crypto.randomUUID()
  const theirs = broadcastBus(name, { methods: serviceMethods() })
  const ours = broadcastBus(name, options)
  const end = (): void => {
    ours.close()
    theirs.close()
  }
  return { at: await joined(ours), theirs, end }
}
