import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { rolldown } from 'rolldown'
import { expect, onTestFinished, test, vi } from 'vitest'
import { broadcastBus } from '../../../src/entries/broadcast.ts'
import { contract } from '../../contract/suite.ts'
import { within } from '../../contract/fixture.ts'
import { run } from '../../windows/medium.ts'
import { busAttacks } from './attacks.ts'
import { allJoined, buses, joined, opening } from './buses.ts'
import { openEnd } from './ends.ts'

contract(
  'one of a bus in Node',
  (kind) => {
    const name = crypto.randomUUID()
    const there = openEnd(name, 'there', 'here')
    const here = openEnd(name, 'here', 'there')
    const { stop } = run(kind, there.transport)
    return {
      transport: here.transport,
      close: () => {
        stop()
        here.close()
        there.close()
      },
    }
  },
  { trusted: true },
)

buses('Node')
busAttacks('Node')

test('where a lock is granted before it can be waited for, as in Node 24, members find each other', async () => {
  const request = async (_: string, ...[first, last = first]: unknown[]): Promise<unknown> =>
    Object(first).mode === 'shared' ? new Promise(() => {}) : (last as (lock: object) => unknown)({})
  vi.stubGlobal('navigator', { locks: { request } })
  onTestFinished(() => void vi.unstubAllGlobals())
  const { open } = opening()
  const [a, b] = [open({ name: 'a' }), open({ name: 'b' })]
  await allJoined(a, b)
  expect([a, b].map((bus) => bus.peers().map(({ name }) => name))).toEqual([['b'], ['a']])
})

test('where a channel cannot be had, nothing stays', () => {
  const listen = vi.fn<() => void>()
  vi.stubGlobal('onpagehide', null)
  vi.stubGlobal('addEventListener', listen)
  vi.stubGlobal('BroadcastChannel', function Refused() {
    throw new DOMException('Storage is denied', 'SecurityError')
  })
  onTestFinished(() => void vi.unstubAllGlobals())
  expect(() => broadcastBus('x')).toThrow('Storage is denied')
  expect(listen).not.toHaveBeenCalled()
})

async function startThread(name: string): Promise<Worker> {
  const build = await rolldown({
    input: fileURLToPath(new URL('./thread.ts', import.meta.url)),
    platform: 'node',
  })
  const { output } = await build.generate({ format: 'esm' })
  await build.close()
  const code = encodeURIComponent(output[0].code)
  const thread = new Worker(new URL(`data:text/javascript,${code}`), { workerData: name })
  onTestFinished(async () => void (await thread.terminate()))
  return thread
}

test('a bus of two Node threads, which exit when they have left it', { timeout: 60_000 }, async () => {
  const { name, open } = opening()
  const thread = await startThread(name)
  const bus = open()
  const [peer] = await joined(bus, 1)
  const rpc = bus.peer(peer?.id ?? '')
  expect(peer?.name).toBe('thread')
  expect(await rpc.invoke('double', [21])).toBe(42)
  bus.broadcast('note', [new Map([[1, new Date(0)]])])
  expect(await rpc.invoke('noted')).toEqual([new Map([[1, new Date(0)]])])
  const told: number[] = []
  await rpc.invoke('each', [[1, 2], (item: number) => void told.push(item)])
  expect(told).toEqual([1, 2])
  const exit = once(thread, 'exit')
  const left = new Promise((resolve) => bus.onLeave(resolve))
  rpc.notify('leave')
  expect(await within(45_000, left)).toEqual(peer)
  await within(45_000, exit)
})
