import { endpointTransport } from 'portcall'
import { linkOver } from './link.ts'
import type { Place } from './place.ts'

export const worker: Place = {
  id: 'worker',
  title: 'Worker',
  about: 'a thread of this page',
  setup: 'wrap(new Worker(url))',
  action: {
    label: 'Sort a million',
    code: 'sort(1_000_000)',
    run: (link) => link.call('sort', 1_000_000),
  },
  kill: 'worker.terminate()',
  open(surroundings) {
    const endpoint = new Worker(new URL('../sides/worker.ts', import.meta.url), { type: 'module' })
    const link = linkOver(endpointTransport(endpoint), surroundings, () => endpoint.terminate())
    return {
      ...link,
      close() {
        link.close()
        endpoint.terminate()
      },
    }
  },
}
