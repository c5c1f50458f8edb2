/** The WebSocketPair of workerd: what a server there answers an upgrade with. */
import { type WebSocketLike, websocketTransport } from '../../../src/adapters/websocket/websocket.ts'
import { answerPlainly } from '../../contract/plain.ts'
import { serve } from '../../contract/service.ts'
import { contract } from '../../contract/suite.ts'

interface Accepted extends WebSocketLike {
  accept(): void
}

declare const WebSocketPair: new () => { readonly 0: Accepted; readonly 1: Accepted }

contract(
  'a WebSocketPair',
  (kind) => {
    const { 0: here, 1: there } = new WebSocketPair()
    here.accept()
    there.accept()
    if (kind === 'plain')
      there.addEventListener('message', ((event: MessageEvent<string>) =>
        answerPlainly(
          { postMessage: (message) => there.send(JSON.stringify(message)) },
          JSON.parse(event.data),
        )) as () => void)
    if (kind === 'service')
      serve(websocketTransport(there), {
        closeSocket: (code: number, reason: string) => there.close(code, reason),
      })
    return { here, transport: websocketTransport(here), close: () => here.close() }
  },
  {
    text: true,
    deaths: {
      'the other side closes': {
        says: /closed with code 4001: go away/,
        die: ({ rpc }) => rpc.notify('closeSocket', [4001, 'go away']),
      },
      'this side closes': { says: /code 4002/, die: ({ connection }) => connection.here.close(4002) },
    },
  },
)
