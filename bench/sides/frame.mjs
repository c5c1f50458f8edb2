// The answering side in an iframe; the address says for which peer, and the origin of the other side.
import { createAPI } from '../api.mjs'
import { peerOf } from '../peers/all.mjs'

const { peer: name, origin } = Object.fromEntries(new URLSearchParams(location.search))
const peer = peerOf(name)
if (peer.over.window === 'port') addEventListener('message', receivePort)
else void peer.serve({ kind: 'window', endpoint: parent, origin }, createAPI())

function receivePort({ source, origin: from, ports }) {
  if (source !== parent || from !== origin || ports.length === 0) return
  removeEventListener('message', receivePort)
  void peer.serve({ kind: 'window', endpoint: ports[0] }, createAPI())
}
