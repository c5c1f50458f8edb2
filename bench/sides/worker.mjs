// The answering side in a browser's worker; the worker's name is the peer's.
import { peerOf } from '../peers/all.mjs'
import { answerInWorker } from './answer.mjs'

await answerInWorker(peerOf(self.name))
