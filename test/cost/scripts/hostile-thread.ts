/** The hostile peer in a thread. While the receiver reads it waits, so that all work of the process is the receiver's. */
import { parentPort, type MessagePort } from 'node:worker_threads'
import type { Medium } from '../family.ts'
import { createHostilePeer, type HostilePeer, type Shot } from '../hostile-peer.ts'

/** What the receiver tells its hostile peer. `lock[0]` counts what was fired, `lock[1]` what was read. */
export type Order =
  | { readonly connect: MessagePort; readonly medium: Medium; readonly lock: Int32Array }
  | { readonly load: Shot }
  | { readonly fire: number }

/** So that a receiver that has ended leaves no thread behind. */
const PATIENCE_MS = 120_000

let peer: HostilePeer
let lock: Int32Array
parentPort?.on('message', (order: Order) => {
  if ('connect' in order) {
    const { connect, medium } = order
    lock = order.lock
    peer = createHostilePeer(medium, (wire) => connect.postMessage(wire))
    connect.on('message', (wire: unknown) => peer.hear(wire))
  } else if ('load' in order) {
    peer.load(order.load).then(
      (loaded) => parentPort?.postMessage({ loaded }),
      (error: unknown) => parentPort?.postMessage({ error: String(error) }),
    )
  } else {
    peer.fire()
    Atomics.store(lock, 0, order.fire)
    Atomics.notify(lock, 0)
    Atomics.wait(lock, 1, order.fire - 1, PATIENCE_MS)
  }
})
