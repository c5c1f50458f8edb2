/** A page that is at a shared worker or on a bus, as its address says. */
import { broadcastBus } from '../../../src/entries/broadcast.ts'
import { sharedWorkerTransport } from '../../../src/entries/shared-worker.ts'
import { serviceMethods } from '../../deaths/methods.ts'
import { serveWatched } from '../../deaths/service.ts'

let isSilent = false
// The first that listens: who comes later hears nothing, and says no goodbye.
addEventListener('pagehide', (event) => {
  if (isSilent) event.stopImmediatePropagation()
})

const { bus = '', worker = '', name = '' } = Object.fromEntries(new URLSearchParams(location.search))

const start = (): (() => void) => {
  if (bus) {
    const joined = broadcastBus(bus, { methods: serviceMethods() })
    return () => joined.close()
  }
  const shared = new SharedWorker(worker, { type: 'module', name })
  return serveWatched(sharedWorkerTransport(shared)).rpc.destroy
}

const silence = (): void => {
  isSilent = true
}
Object.assign(window, { page: { leave: start(), silence } })
