import { endpointTransport, channelTransport } from 'portcall'
import type { Kind } from './connection.ts'
import { h } from '../ui/dom.ts'

export const worker: Kind = {
  id: 'worker',
  name: 'worker',
  variable: 'worker',
  title: 'Worker',
  about: 'a thread of its own',
  opens: ['wrap', 'rpc', 'event'],
  setup: {
    wrap: ["const worker = wrap<typeof api>(new Worker('worker.js'))", 'expose(api)'],
    rpc: [
      "const rpc = new RPC({\n  transport: channelTransport(worker, 'rpc'),\n  methods,\n})",
      "const rpc = new RPC({\n  transport: channelTransport(self, 'rpc'),\n  methods,\n})",
    ],
    event: [
      'const event = new RPCMessageEvent({\n  currentEndpoint: worker,\n  targetEndpoint: worker,\n})',
      'const event = new RPCMessageEvent({\n  currentEndpoint: self,\n  targetEndpoint: self,\n})',
    ],
    callback: ['', ''],
  },
  starts: true,
  verbs: ['Start', 'End'],
  start(place) {
    const endpoint = new Worker(new URL('../peers/worker.ts', import.meta.url), { type: 'module' })
    return {
      ways: {
        transport: endpointTransport(endpoint),
        channel: { transport: channelTransport(endpoint, 'rpc') },
        events: { currentEndpoint: endpoint, targetEndpoint: endpoint },
      },
      end: () => endpoint.terminate(),
      isSilent: true,
      opened: ({ events }) =>
        place.replaceChildren(
          h(
            'div',
            { class: 'nothing' },
            h('p', {}, 'Nothing to see: it works beside the page.'),
            h(
              'button',
              { type: 'button', class: 'quiet', onclick: () => events.emit('call-page') },
              'Let it call the page',
            ),
          ),
        ),
    }
  },
}
