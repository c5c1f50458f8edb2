import { windowTransport } from 'portcall'
import { origins } from '../../origins.ts'
import { h } from '../../ui/dom.ts'
import { linkOver } from './link.ts'
import type { Place } from './place.ts'

const origin = origins.other ?? origins.page

export const iframe: Place = {
  id: 'iframe',
  title: 'Iframe',
  about: origins.other ? `another origin, ${origin}` : origin,
  setup: 'wrap(windowTransport(iframe, { origin }))',
  action: {
    label: 'Paint it',
    code: 'paint(hue)',
    run: (link) => link.call('paint', Math.floor(Math.random() * 360)),
  },
  kill: 'iframe.remove()',
  open(surroundings) {
    const { pathname } = new URL('side.html', location.href)
    const frame = h('iframe', { src: origin + pathname, title: 'The iframe that is called' })
    surroundings.place.replaceChildren(frame)
    const link = linkOver(windowTransport(frame, { origin }), surroundings, () => frame.remove())
    return {
      ...link,
      close() {
        link.close()
        frame.remove()
      },
    }
  },
}
