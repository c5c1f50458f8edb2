/** RPCMessageEvent over what Node has: threads and ports. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { MessageChannel, Worker } from 'node:worker_threads'
import { rolldown } from 'rolldown'
import { afterAll, beforeAll } from 'vitest'
import { RPCMessageEvent } from '../../src/index.ts'
import { countOnEmitter, countOnTarget } from '../contract/listeners.ts'
import { adapting, leaving } from './adapting.ts'
import { type Crossing, crossing, moving } from './crossing.ts'
import { listening } from './listening.ts'
import { mixing } from './mixing.ts'
import { answer, type Kind } from './other-side.ts'

const folder = mkdtempSync(join(tmpdir(), 'portcall-events-'))
const script = join(folder, 'thread.mjs')

beforeAll(async () => {
  // Node 20 cannot run TypeScript in a thread.
  const build = await rolldown({
    input: fileURLToPath(new URL('./thread.ts', import.meta.url)),
    platform: 'node',
  })
  await build.write({ file: script, format: 'esm' })
  await build.close()
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const thread = (kind: Kind): Crossing => {
  const worker = new Worker(script, { workerData: { kind } })
  const before = countOnEmitter(worker)
  return {
    currentEndpoint: worker,
    targetEndpoint: worker,
    listeners: () => countOnEmitter(worker) - before,
    close: () => worker.terminate(),
  }
}

const threadPort = (kind: Kind): Crossing => {
  const { port1, port2 } = new MessageChannel()
  const worker = new Worker(script, { workerData: { kind, port: port2 }, transferList: [port2] })
  return {
    currentEndpoint: port1,
    targetEndpoint: port1,
    listeners: () => countOnEmitter(port1),
    close: () => worker.terminate(),
  }
}

const channel = (kind: Kind): Crossing => {
  const here = new BroadcastChannel('portcall events')
  const there = new BroadcastChannel('portcall events')
  answer(kind, new RPCMessageEvent({ currentEndpoint: there, targetEndpoint: there }))
  return {
    currentEndpoint: here,
    targetEndpoint: here,
    listeners: countOnTarget(here),
    close() {
      here.close()
      there.close()
    },
  }
}

crossing('a Node thread and its parentPort', thread)
moving('a Node thread and its parentPort', thread)
crossing('a MessagePort whose other end is in a Node thread', threadPort)
moving('a MessagePort whose other end is in a Node thread', threadPort)
crossing('a BroadcastChannel of Node', channel)
listening('Node')
adapting('Node', false)
leaving('Node')
mixing('Node')
