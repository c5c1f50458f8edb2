import { sharedWorkerTransport } from 'portcall/shared-worker'
import { linkOver } from './link.ts'
import type { Place } from './place.ts'

export const shared: Place = {
  id: 'shared',
  title: 'SharedWorker',
  about: 'one for all tabs of this page',
  setup: 'wrap(sharedWorkerTransport(worker))',
  action: { label: 'Count one', code: 'count()', run: (link) => link.call('count') },
  kill: 'self.close(), for all tabs',
  open(surroundings) {
    if (!('SharedWorker' in globalThis)) throw new Error('This browser has no SharedWorker')
    const url = new URL('../sides/shared.ts', import.meta.url)
    const endpoint = new SharedWorker(url, { type: 'module', name: 'portcall five' })
    // It never answers that, as it is gone.
    return linkOver(sharedWorkerTransport(endpoint), surroundings, (call) => void call('end').catch(() => {}))
  },
}
