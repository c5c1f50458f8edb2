/** A service worker that answers each client which says, by `{ answer: kind }`, what it wants to be answered. */
import { RPCMessageEvent } from '../../../src/index.ts'
import { answer, type Kind } from '../../events/other-side.ts'

interface Client {
  postMessage(message: unknown): void
}

addEventListener('message', ({ data, source }: MessageEvent<{ answer?: Kind }>) => {
  if (data.answer)
    answer(data.answer, new RPCMessageEvent({ currentEndpoint: self, targetEndpoint: source as Client }))
})
