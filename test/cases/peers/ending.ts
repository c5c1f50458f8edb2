/**
 * Calls what is served by a thread, a child process, a port or stdio, and says goodbye. What it prints is what happened; that
 * it ends is the test.
 */
import { fork, spawn } from 'node:child_process'
import { Worker } from 'node:worker_threads'
import { processTransport } from '../../../src/adapters/process/process.ts'
import { stdioTransport } from '../../../src/adapters/stdio/stdio.ts'
import * as core from '../../../src/core.ts'
import { channelTransport, type Endpoint, expose, rpcOf, type Transport, wrap } from '../../../src/index.ts'
import { api } from './api.ts'

type Api = typeof api

const [, , scenario = '', script = ''] = process.argv

/** Print one line. */
const say = (text: string): void => void process.stdout.write(`${text}\n`)

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Call it, and say goodbye. */
async function visit(at: Transport | Endpoint, verbs: { wrap: typeof wrap } = { wrap }): Promise<void> {
  const remote = verbs.wrap<Api>(at)
  say(await remote.ping())
  remote[Symbol.dispose]()
}

const thread = (): Worker => new Worker(script, { argv: process.argv.slice(4) })

const scenarios: Record<string, () => Promise<void>> = {
  thread: () => visit(thread()),
  'core thread': () => visit(thread(), core as unknown as { wrap: typeof wrap }),
  child: () => visit(processTransport(fork(script))),
  'advanced child': () => visit(processTransport(fork(script, { serialization: 'advanced' }))),
  stdio: () => {
    const child = spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'inherit'] })
    return visit(stdioTransport({ readable: child.stdout, writable: child.stdin }))
  },
  port: () => {
    const { port1, port2 } = new MessageChannel()
    expose(api, port1)
    return visit(port2)
  },
  'a port that was sent': async () => {
    const { port1, port2 } = new MessageChannel()
    const remote = wrap<Api>(thread())
    await remote.take(port1)
    await visit(port2)
    remote[Symbol.dispose]()
  },
  'in one turn': async () => {
    const worker = thread()
    await visit(worker)
    await visit(worker)
    const remote = wrap<Api>(worker)
    await remote.ping()
    remote[Symbol.dispose]()
    await visit(worker)
  },
  'while something else keeps it alive': async () => {
    const worker = thread()
    const remote = wrap<Api>(worker)
    await remote.keepAlive(true)
    remote[Symbol.dispose]()
    await sleep(300)
    const again = wrap<Api>(worker)
    await again.keepAlive(false)
    // Nothing but the connection keeps it alive now.
    await sleep(300)
    say(await again.ping())
    again[Symbol.dispose]()
  },
  'the last of two channels': async () => {
    const worker = thread()
    const [a, b] = ['a', 'b'].map((name) => wrap<Api>(channelTransport(worker, name)))
    say(`${await a?.ping()} ${await b?.ping()}`)
    a?.[Symbol.dispose]()
    await sleep(300)
    say(String(await b?.ping()))
    b?.[Symbol.dispose]()
  },
  'one of two channels': () => visit(channelTransport(thread(), 'b')),
  'back while it works': async () => {
    const worker = thread()
    await visit(worker)
    await sleep(60)
    await visit(worker)
  },
  'a handler runs': async () => {
    const remote = wrap<Api>(thread())
    remote.slow(60_000).catch(() => {})
    say(await remote.ping())
    rpcOf(remote).destroy()
  },
  kept: async () => {
    const worker = thread()
    let hasEnded = false
    worker.on('exit', () => (hasEnded = true))
    await visit(worker)
    await sleep(1_000)
    say(hasEnded ? 'ended' : 'alive')
    await worker.terminate()
  },
}

await scenarios[scenario]?.()
