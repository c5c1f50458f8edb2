import { websocketTransport } from 'portcall/websocket'
import { linkOver } from './link.ts'
import type { Place } from './place.ts'

/** Where the server listens; `npm start` writes it into the page. */
const url = document.querySelector<HTMLMetaElement>('meta[name=socket]')?.content

export const socket: Place = {
  id: 'socket',
  title: 'WebSocket',
  about: url ?? 'a server, with npm start',
  setup: 'wrap(websocketTransport(url))',
  action: {
    label: 'Hash a text',
    code: "hash('portcall')",
    run: (link) => link.call('hash', 'portcall'),
  },
  kill: 'socket.terminate(): it is back by itself in some seconds',
  open(surroundings) {
    if (url === undefined) throw new Error('There is no server here: npm start has one')
    // So long that one can see that it is gone.
    const transport = websocketTransport(url, { reconnect: { initial: 6_000, max: 30_000 } })
    return linkOver(transport, surroundings, (call) => void call('hangUp').catch(() => {}))
  },
}
