/** A window that answers its opener or parent. `origin` in the query is where that is; without it, it is not told. */
import { RPCMessageEvent } from '../../../src/index.ts'
import { answer, type Kind } from '../../events/other-side.ts'

const query = new URLSearchParams(location.search)
const targetOrigin = query.get('origin')

answer(
  query.get('kind') as Kind,
  new RPCMessageEvent({
    currentEndpoint: window,
    targetEndpoint: (window.opener as Window | null) ?? window.parent,
    ...(targetOrigin !== null && { config: { targetOrigin } }),
  }),
)
