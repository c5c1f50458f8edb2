// The calling side of a peer in a page or a Node process, as `over` of the peer says that it wants to be reached.

export function connectWorker(peer, worker) {
  if (peer.over.worker === 'endpoint') return peer.connect({ kind: 'worker', endpoint: worker })
  const { port1, port2 } = new MessageChannel()
  worker.postMessage('port', [port2])
  return peer.connect({ kind: 'worker', endpoint: port1 })
}

export function connectThread(peer, worker, stops) {
  if (peer.over.thread === 'endpoint') return peer.connect({ kind: 'thread', endpoint: worker })
  const { port1, port2 } = new MessageChannel()
  stops.push(() => port1.close())
  worker.postMessage(port2, [port2])
  return peer.connect({ kind: 'thread', endpoint: port1 })
}

/** In an iframe that is made here, with the document at `address`, which is of `origin`. */
export async function connectFrame(peer, address, origin) {
  const frame = document.createElement('iframe')
  frame.src = address
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
  return remote
}
