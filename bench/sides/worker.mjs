// The answering side in a browser's worker; the worker's name is the peer's.
import { createAPI } from '../api.mjs'
import { peerOf } from '../peers/all.mjs'

const peer = peerOf(self.name)
const serve = (endpoint) => peer.serve({ kind: 'worker', endpoint }, createAPI())
if (peer.over.worker === 'port')
  self.addEventListener('message', ({ ports }) => serve(ports[0]), { once: true })
else await serve(self)
