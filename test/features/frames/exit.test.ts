/** Nothing is lost on `process.exit()`: what was said before it, in the same turn, arrives. */
import { fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { rolldown } from 'rolldown'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { endpointTransport, RPC, type Transport } from '../../../src/index.ts'
import { codeOf } from '../../peer/pair.ts'
import { isFrame } from './framing.ts'
import { COUNT } from './exits/speaking.ts'

const dir = mkdtempSync(join(tmpdir(), 'portcall-exits-'))

// Threads and processes cannot run TypeScript.
beforeAll(async () => {
  const source = (name: string): string => fileURLToPath(new URL(`./exits/${name}.ts`, import.meta.url))
  const bundle = await rolldown({
    input: { thread: source('thread'), process: source('process') },
    platform: 'node',
  })
  await bundle.write({
    dir,
    format: 'esm',
    entryFileNames: '[name].mjs',
    chunkFileNames: '[name]-[hash].mjs',
  })
  await bundle.close()
})
afterAll(() => rmSync(dir, { recursive: true, force: true }))

interface Heard {
  readonly said: unknown[]
  readonly frames: number
  readonly code: unknown
}

/** Listen until the other side has ended. */
async function hear(transport: Transport, ended: Promise<unknown>): Promise<Heard> {
  const said: unknown[] = []
  let frames = 0
  const counting: Transport = {
    ...transport,
    listen: (receiver) =>
      transport.listen({
        ...receiver,
        message: (data, origin) => {
          if (isFrame(data)) frames++
          receiver.message(data, origin)
        },
      }),
  }
  const rpc = new RPC({ transport: counting, methods: { say: (i: unknown) => void said.push(i) } })
  const code = await ended
  rpc.destroy()
  return { said, frames, code }
}

const hearThread = (how: string): Promise<Heard> => {
  const worker = new Worker(join(dir, 'thread.mjs'), { workerData: how })
  // Its uncaught error is what this is about, too.
  worker.on('error', () => {})
  return hear(endpointTransport(worker), new Promise((resolve) => worker.once('exit', resolve)))
}

const hearProcess = (how: string): Promise<Heard> => {
  const child = fork(join(dir, 'process.mjs'), [how], { serialization: 'advanced', stdio: 'ignore' })
  let listener = (_data: unknown): void => {}
  const transport: Transport = {
    post: (message) => {
      // It may have ended before that is noticed.
      if (child.connected) child.send(message as object, () => {})
    },
    listen({ message }) {
      listener = (data) => message(data)
      child.on('message', listener)
    },
    close: () => void child.off('message', listener),
  }
  return hear(transport, new Promise((resolve) => child.once('close', resolve)))
}

const ways = [
  ['a thread', 'exit', hearThread, 3],
  ['a thread', 'throw', hearThread, 1],
  ['a thread', 'speak in a listener of exit', hearThread, 3],
  ['a child process', 'exit', hearProcess, 3],
  ['a child process', 'speak in a listener of exit', hearProcess, 3],
  ['a child process', 'throw', hearProcess, 1],
] as const

const all = Array.from({ length: COUNT }, (_, i) => i)

test.each(ways)('what %s said at its end arrives: %s', async (_, how, listen, code) => {
  const heard = await listen(how)
  expect(heard.said).toEqual(all)
  expect(heard.code).toBe(code)
  // Otherwise nothing would have waited.
  expect(heard.frames).toBeGreaterThanOrEqual(how === 'speak in a listener of exit' ? 0 : 2)
})

test('what handlers have answered arrives, if another one of the same frame exits', async () => {
  const worker = new Worker(join(dir, 'thread.mjs'), { workerData: 'answer' })
  const rpc = new RPC({ transport: worker })
  await rpc.connect()
  await rpc.invoke('echo', [0])
  const calls = [1, 2, 3].map((i) => rpc.invoke('echo', [i]))
  const last = codeOf(rpc.invoke('leave'))
  expect(await Promise.all(calls)).toEqual([1, 2, 3])
  expect(await last).toBe(-32050)
  rpc.destroy()
})
