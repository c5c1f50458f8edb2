/** The code of a side that holds one peer alone, to be bundled: `near` exports the peer, the others answer. */
export const codeAlone = {
  near: (name) => `import * as all from './${name}.mjs'
export const peer = Object.values(all)[0]`,

  thread: (name) => `import { parentPort } from 'node:worker_threads'
import * as all from './${name}.mjs'
import { answerInThread } from '../sides/answer.mjs'
answerInThread(Object.values(all)[0], parentPort)`,

  worker: (name) => `import * as all from './${name}.mjs'
import { answerInWorker } from '../sides/answer.mjs'
answerInWorker(Object.values(all)[0])`,

  frame: (name) => `import * as all from './${name}.mjs'
import { answerInFrame } from '../sides/answer.mjs'
answerInFrame(Object.values(all)[0], new URLSearchParams(location.search).get('origin'))`,
}
