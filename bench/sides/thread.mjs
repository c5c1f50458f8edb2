// The answering side in a Node thread.
import { parentPort, workerData } from 'node:worker_threads'
import { peerOf } from '../peers/all.mjs'

peerOf(workerData).serve(parentPort)
