/** The real rpc-shooter 0.0.14 and portcall in two Node threads, each on either side. */
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { rpcShooterTransport } from '../../../src/adapters/compat/compat.ts'
import { ErrorCode, type RPC } from '../../../src/index.ts'
import { rejection, start, within } from '../../contract/fixture.ts'
import { bundleScripts, type Scripts } from '../process/scripts.ts'
import { theirRPC } from './shooter.ts'

const names = ['theirs', 'ours'] as const

let scripts: Scripts<(typeof names)[number]>
beforeAll(async () => {
  scripts = await bundleScripts(fileURLToPath(new URL('./threads/', import.meta.url)), names)
}, 60_000)
afterAll(() => scripts.remove())

function callTheirs(late = 0): RPC {
  const worker = new Worker(scripts.path('theirs'), { workerData: { late } })
  onTestFinished(() => void worker.terminate())
  return start({
    transport: rpcShooterTransport(worker),
    plain: true,
    methods: { double: (n: number) => n * 2 },
  })
}

test('portcall calls rpc-shooter in a thread, and is called by it', async () => {
  const rpc = callTheirs()
  expect(await within(45_000, rpc.invoke('add', [1, 2]))).toBe(3)
  expect(await rpc.invoke('relay', ['double', 4])).toBe(8)
  expect(await rejection(rpc.invoke('relay', ['missing']))).toMatchObject({
    code: ErrorCode.METHOD_NOT_FOUND,
  })
})

test('a call at once to a thread that begins 400 ms late is answered', async () => {
  expect(await within(45_000, callTheirs(400).invoke('add', [1, 2]))).toBe(3)
})

test('S43: the thread exits: pending calls reject PEER_GONE', async () => {
  const rpc = callTheirs()
  await within(45_000, rpc.connect())
  const pending = rejection(rpc.invoke('hang'))
  rpc.notify('exit')
  expect(await within(45_000, pending)).toMatchObject({
    code: ErrorCode.PEER_GONE,
    message: expect.stringContaining('exited with code 3'),
  })
})

test('rpc-shooter calls portcall in a thread, and is called by it', async () => {
  const { port1, port2 } = new MessageChannel()
  const worker = new Worker(scripts.path('ours'), {
    workerData: { port: port2 },
    transferList: [port2 as never],
  })
  onTestFinished(async () => {
    port1.close()
    await worker.terminate()
  })
  const peer = theirRPC(port1, { double: (n: number) => n * 2 })
  await within(45_000, peer.connect())
  expect(await peer.invoke('add', 1, 2)).toBe(3)
  expect(await peer.invoke('relay', 'double', 4)).toBe(8)
  expect(await rejection(peer.invoke('fail'))).toEqual({ code: -32603, message: 'in the thread' })
  expect(await rejection(peer.invoke('missing'))).toMatchObject({ code: ErrorCode.METHOD_NOT_FOUND })
})
