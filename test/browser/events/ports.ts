/** A worker that answers on what its first message brings: a port, or the name of a BroadcastChannel. */
import { RPCMessageEvent } from '../../../src/index.ts'
import { answer, type Kind } from '../../events/other-side.ts'

addEventListener(
  'message',
  ({ data }: MessageEvent<{ kind: Kind; port?: MessagePort; channel: string }>) => {
    const endpoint = data.port ?? new BroadcastChannel(data.channel)
    answer(data.kind, new RPCMessageEvent({ currentEndpoint: endpoint, targetEndpoint: endpoint }))
  },
  { once: true },
)
