/** A shared worker that answers on the port of each page, as the published example does. */
import { RPCMessageEvent } from '../../../src/index.ts'
import { answer, type Kind } from '../../events/other-side.ts'

addEventListener('connect', (event: Event) => {
  const [port] = (event as MessageEvent).ports
  if (port) answer(self.name as Kind, new RPCMessageEvent({ currentEndpoint: port, targetEndpoint: port }))
})
