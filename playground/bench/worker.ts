// The answering side in a worker; the worker's name is the peer's.
import { answerInWorker, peerOf } from './suite.mjs'

answerInWorker(peerOf(self.name))
