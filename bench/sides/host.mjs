// The calling side of an iframe, in a window of its own for each peer: on one window each would hear the others' messages.
import { createSampler } from '../interleave.mjs'
import { peerOf } from '../peers/all.mjs'
import { rowOf } from '../rows.mjs'

const { peer: name, origin } = Object.fromEntries(new URLSearchParams(location.search))

globalThis.open = async (plan) => {
  const peer = peerOf(name)
  const frame = document.createElement('iframe')
  frame.src = `${origin}/frame?${new URLSearchParams({ peer: name, origin: location.origin })}`
  const loaded = new Promise((resolve) => frame.addEventListener('load', resolve, { once: true }))
  document.body.append(frame)
  let remote
  if (peer.over.window === 'port') {
    const { port1, port2 } = new MessageChannel()
    remote = peer.connect({ kind: 'window', endpoint: port1 })
    await loaded
    frame.contentWindow.postMessage('port', origin, [port2])
  } else {
    // Some want to listen before the other side starts.
    remote = peer.connect({ kind: 'window', endpoint: frame.contentWindow, frame, origin })
    await loaded
  }
  return createSampler(await remote, rowOf(plan.row), plan)
}
