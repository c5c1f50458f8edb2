// The answering side of a peer, as `over` of the peer says that it wants to be reached.
import { createAPI } from '../api.mjs'

export function answerInWorker(peer) {
  const serve = (endpoint) => peer.serve({ kind: 'worker', endpoint }, createAPI())
  if (peer.over.worker !== 'port') return serve(self)
  self.addEventListener('message', ({ ports }) => serve(ports[0]), { once: true })
}

/** @param port `parentPort` of the thread. */
export function answerInThread(peer, port) {
  const serve = (endpoint) => peer.serve({ kind: 'thread', endpoint }, createAPI())
  if (peer.over.thread !== 'port') return serve(port)
  port.once('message', serve)
}

/** @param origin that of the window around it. */
export function answerInFrame(peer, origin) {
  if (peer.over.window === 'port') addEventListener('message', receivePort)
  else void peer.serve({ kind: 'window', endpoint: parent, origin }, createAPI())

  function receivePort({ source, origin: from, ports }) {
    if (source !== parent || from !== origin || ports.length === 0) return
    removeEventListener('message', receivePort)
    void peer.serve({ kind: 'window', endpoint: ports[0] }, createAPI())
  }
}
