/** The background worker: two channels, and what it has seen. */
import {
  extensionTransport,
  type ExtensionTransport,
  type Sender,
  serve,
} from '../../../../src/entries/extension.ts'
import { callContext, type Diagnostic, RPC } from '../../../../src/index.ts'
import type { Chrome } from '../chrome.ts'

declare const chrome: Chrome
/** Put before this script: who is let in from outside. */
declare const EXTERNAL: readonly string[]

const instance = RPC.uuid()
const ran: string[] = []
const came: Sender[] = []
const refused: unknown[] = []
const onDiagnostic = ({ kind, about }: Diagnostic): void => void (kind === 'refused' && refused.push(about))

const server = serve(
  (given) => {
    came.push(given)
    return {
      who: () => {
        const { origin, transport } = callContext()
        return { origin, given, sender: (transport as ExtensionTransport).sender }
      },
      instance: () => instance,
      note: (what: string) => ran.push(what),
      ran: () => ran,
      hang: (what: string) => {
        ran.push(what)
        return new Promise(() => {})
      },
      clients: () => server.clients.size,
      broadcast: (method: string, what: string) => server.broadcast(method, [what]),
      /** Calls the content script of a frame of the caller's tab. */
      askTab: async (method: string, frameId: number) => {
        const { sender } = callContext().transport as ExtensionTransport
        const connect = (): ReturnType<Chrome['tabs']['connect']> =>
          chrome.tabs.connect(sender?.tabId ?? -1, { name: 'tab', frameId })
        const rpc = new RPC({
          transport: extensionTransport(connect, { reconnect: { initial: 20, max: 200 } }),
        })
        try {
          return await rpc.invoke(method)
        } finally {
          rpc.destroy()
        }
      },
      throws: () => {
        throw Object.assign(new RangeError('too far'), { cause: 'the map' })
      },
    }
  },
  {
    port: 'app',
    external: EXTERNAL,
    accept: ({ url }) => url?.includes('refuse-me') !== true,
    onDiagnostic,
  },
)

// A channel that nobody outside may use, whatever its name is.
serve({ seen: () => ({ came, refused }), secret: () => 'of the inside' }, { port: 'admin' })

// Ports of no name are somebody else's.
chrome.runtime.onConnect.addListener((port) => {
  if (port.name === '') port.onMessage.addListener((data) => port.postMessage({ else: data }))
})

const closing = serve(
  { ran: () => [], hang: () => new Promise(() => {}), end: () => closing.close() },
  { port: 'closing' },
)

serve(
  () => {
    throw new Error('a mistake of the user')
  },
  { port: 'broken' },
)
