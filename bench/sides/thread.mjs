// The answering side in a Node thread. It loads its own peer only, as fifteen threads start at once.
import { parentPort, workerData } from 'node:worker_threads'
import { answerInThread } from './answer.mjs'

const [peer] = Object.values(await import(`../peers/${workerData.peer}.mjs`))
await answerInThread(peer, parentPort)
