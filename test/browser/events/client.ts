/** A client of the service worker in this folder: says its own things, and tells its parent when it has been answered. */
import { RPC, RPCMessageEvent } from '../../../src/index.ts'

const registration = await navigator.serviceWorker.getRegistration()
const worker = registration?.active
if (!worker) throw new Error('There is no service worker')

const talk = async (kind: string | null): Promise<unknown> => {
  worker.postMessage({ answer: kind })
  const event = new RPCMessageEvent({ currentEndpoint: navigator.serviceWorker, targetEndpoint: worker })
  if (kind === 'rpc') {
    const rpc = new RPC({ event })
    await rpc.invoke('Child.note', ['from the other client'])
    return rpc.invoke('Child.noted')
  }
  event.emit('collect', 'from the other client')
  const collected = new Promise((resolve) => event.on('re:collected', resolve))
  event.emit('collected')
  return collected
}

const kind = new URLSearchParams(location.search).get('kind')
window.parent.postMessage({ client: await talk(kind) }, location.origin)
