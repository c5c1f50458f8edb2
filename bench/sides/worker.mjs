// The answering side in a browser's worker; the worker's name is the peer's.
import { peerOf } from '../peers/all.mjs'

peerOf(self.name).serve(self)
