/** A worker that is left by its pages, and tells one of them how that went; or that ends. */
import { sharedWorkerTransport } from '../../../src/entries/shared-worker.ts'
import { serviceMethods } from '../../deaths/methods.ts'
import { live, type Living, type Outcome, type Watched, watchedRPC } from '../../deaths/scenario.ts'

const all: Watched[] = []
let living: Living | undefined

addEventListener('connect', (event: Event) => {
  const [port] = (event as MessageEvent).ports
  if (!port) return
  const watched = watchedRPC({
    transport: sharedWorkerTransport(port),
    methods: {
      ...serviceMethods(),
      pages: () => all.length,
      /** Begin with the page that came last. */
      live: async () => {
        const last = all.at(-1)
        if (last) living = await live(last)
      },
      outcome: (): Promise<Outcome> | undefined => living?.settled,
      countThere: () => all.at(-1)?.rpc.invoke('count'),
      end: () => void setTimeout(close),
    },
  })
  all.push(watched)
})
