/** The feature `frames`: many small messages of one turn leave as one (coalescing), towards peers that take frames. */
import type { IncomingCall } from '../../peer/context.ts'
import type { Hooks, Peer } from '../../peer/seam.ts'
import { FRAMES } from '../ranks.ts'
import { FRAME, SHAPES } from './frame-format.ts'
import { createFrameReceiver, type FrameReceiver } from './frame-receiver.ts'
import { createFrameSender, type FrameSender } from './frame-sender.ts'

/** Options of `frames`. */
export interface FrameOptions {
  /** Let small messages of one turn leave together, towards peers that take it. Default: true. */
  readonly coalesce?: boolean | undefined
}

export function frames(peer: Peer, { coalesce = true }: FrameOptions): Hooks {
  const { transport } = peer
  // JSON has not all that stands in a frame, and listeners of events would not see into it.
  if (transport.codec || transport.emitsEvents) return { name: 'frames' }
  let sender: FrameSender
  let receiver: FrameReceiver
  peer.onPeer((state) => {
    if (state === 'connected') sender.start()
  })
  return {
    name: 'frames',
    rank: FRAMES,
    capabilities: ['frame', SHAPES],
    notices: {
      [FRAME]: (_: unknown, { params, origin }: IncomingCall) =>
        peer.can('frame') ? receiver.receiveFrame(params, origin) : peer.diagnose('unknown-method', FRAME),
    },
    // In this order: the others are of what the first two make.
    around: {
      post: (next) => {
        sender = createFrameSender(peer, coalesce, next)
        return (message, transfer) => {
          sender.flush()
          next(message, transfer)
          sender.warm()
        }
      },
      receive: (next) => {
        receiver = createFrameReceiver(peer, next, sender.expectMany)
        return receiver.receive
      },
      join: () => sender.join,
      flush: () => sender.flush,
      lost: (next) => (reason) => {
        sender.stop()
        receiver.clear()
        next(reason)
      },
    },
  }
}
