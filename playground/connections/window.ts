import { windowTransport } from 'portcall'
import { origins, peerAddress } from '../origins.ts'
import { h } from '../ui/dom.ts'
import type { Kind, Peer } from './connection.ts'
import type { Ways } from './doors.ts'

/** Pixels: a document of another origin does not say how much of the page it gets. */
const TALLEST = 320

const opens: Kind['opens'] = ['wrap', 'rpc', 'event', 'callback']

const ways = (target: HTMLIFrameElement | Window, window: Window, origin: string): Ways => ({
  transport: windowTransport(target, { origin }),
  channel: { transport: windowTransport(target, { origin }), channel: 'rpc' },
  events: { currentEndpoint: globalThis.window, targetEndpoint: window, config: { targetOrigin: origin } },
  peer: { window, origin },
})

function startFrame(place: HTMLElement, origin: string, title: string): Peer {
  const { href } = peerAddress(origin)
  const frame = h('iframe', { src: href, title })
  place.replaceChildren(frame)
  if (!frame.contentWindow) throw new Error('The iframe has no window')
  return {
    ways: ways(frame, frame.contentWindow, origin),
    end: () => frame.remove(),
    reload: () => (frame.src = href),
    opened: ({ events }) =>
      events.on('resize', (height: unknown) => {
        if (typeof height === 'number') frame.style.height = `${Math.min(height, TALLEST)}px`
      }),
  }
}

function startPopup(place: HTMLElement, origin: string): Peer {
  const { href } = peerAddress(origin)
  const popup = window.open(href, 'portcall-popup', 'popup,width=440,height=330')
  if (!popup) throw new Error('The browser blocked the popup: allow it for this page and try again')
  place.replaceChildren(h('p', { class: 'nothing' }, 'It is a window of its own: close it, and see.'))
  return {
    ways: ways(popup, popup, origin),
    end: () => popup.close(),
    reload: () => popup.location.replace(href),
  }
}

const setup = (here: string, variable: string, there: string): Kind['setup'] => ({
  wrap: [
    `const ${variable} = wrap<typeof api>(\n  windowTransport(${here}, { origin: PEER }),\n)`,
    `expose(api, windowTransport(${there}, { origin: PAGE }))`,
  ],
  rpc: [
    `const rpc = new RPC({\n  transport: windowTransport(${here}, { origin: PEER }),\n  channel: 'rpc', // its own channel\n  methods,\n})`,
    `const rpc = new RPC({\n  transport: windowTransport(${there}, { origin: PAGE }),\n  channel: 'rpc',\n  methods,\n})`,
  ],
  event: [
    `const event = new RPCMessageEvent({\n  currentEndpoint: window,\n  targetEndpoint: ${windowOf(here)},\n  config: { targetOrigin: PEER },\n})`,
    `const event = new RPCMessageEvent({\n  currentEndpoint: window,\n  targetEndpoint: ${there},\n  config: { targetOrigin: PAGE },\n})`,
  ],
  callback: [
    `const connection = createConnection(\n  ${windowOf(here)}, PEER,\n)`,
    `const connection = createConnection(${there}, PAGE)`,
  ],
})

const windowOf = (here: string): string => (here === 'iframe' ? 'iframe.contentWindow' : here)

const frame = (id: Kind['id'], name: string, title: string, about: string, origin: string): Kind => ({
  id,
  name,
  variable: 'widget',
  title,
  about,
  opens,
  setup: setup('iframe', 'widget', 'parent'),
  starts: true,
  verbs: ['Add', 'Remove'],
  start: (place) => startFrame(place, origin, title),
})

const popup = (origin: string): Kind => ({
  id: 'popup',
  name: 'popup',
  variable: 'widget',
  title: 'Popup',
  about: origin,
  opens,
  setup: setup('popup', 'widget', 'opener'),
  starts: false,
  verbs: ['Open', 'Close'],
  start: (place) => startPopup(place, origin),
})

/** The windows that there are: without a second origin, only those of this one. */
export const windows: readonly Kind[] = [
  frame('same', 'iframe', 'Iframe, same origin', origins.page, origins.page),
  ...(origins.other
    ? [frame('other', 'foreign iframe', 'Iframe, other origin', origins.other, origins.other)]
    : []),
  popup(origins.other ?? origins.page),
]
