/** A dedicated worker that answers on its self, as the published example does. Its name is what it answers. */
import { RPCMessageEvent } from '../../../src/index.ts'
import { answer, type Kind } from '../../events/other-side.ts'

answer(self.name as Kind, new RPCMessageEvent({ currentEndpoint: self, targetEndpoint: self }))
