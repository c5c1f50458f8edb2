/** rpc-shooter answers what it does not expect, answers too: two of them never stop. Ours is never one of the two. */
import { describe, expect, test } from 'vitest'
import type { Diagnostic } from '../../../src/index.ts'
import { within } from '../../contract/fixture.ts'
import { keepIn } from '../../late.ts'
import { methods, openBoth } from './both.ts'
import { openChannel } from './channel.ts'
import { theirRPC } from './shooter.ts'

describe('a notification never starts their ping-pong', () => {
  test('two real rpc-shooters answer each other without end after one notification', async () => {
    const { ours, theirs, said, quiet } = openChannel()
    const left = theirRPC(ours, methods)
    const right = theirRPC(theirs, methods)
    await within(45_000, Promise.all([left.connect(), right.connect()]))
    await quiet()
    await left.invoke('add', 1, 2, { isNotify: true })
    const counts: number[] = []
    for (let i = 0; i < 3; i++) {
      await quiet()
      counts.push(said.us.length + said.them.length)
    }
    left.destroy()
    right.destroy()
    expect(counts[1]).toBeGreaterThan(counts[0] ?? Infinity)
    expect(counts[2]).toBeGreaterThan(counts[1] ?? Infinity)
    expect(said.us.at(-1)).toMatchObject({ event: 'ack:undefined' })
  })

  test('ours to a method of theirs: one message, no answer', async () => {
    const { rpc, peer, said, quiet } = await openBoth()
    const seen: unknown[] = []
    peer.registerMethod('note', (...args: unknown[]) => seen.push(args))
    rpc.notify('note', [1, { a: 2 }])
    rpc.notify('note')
    await quiet()
    expect(seen).toEqual([[1, { a: 2 }], []])
    expect([said.us.length, said.them.length]).toEqual([2, 0])
    expect(said.us[1]).toStrictEqual({
      event: 'syn:note',
      args: [{ jsonrpc: '2.0', method: 'note', params: [] }],
    })
  })

  test('ours to a method that they do not have: they complain once, we say nothing', async () => {
    const told: Diagnostic[] = []
    const { rpc, said, quiet } = await openBoth({ onDiagnostic: keepIn(told) })
    rpc.notify('missing', [1])
    await quiet()
    expect([said.us.length, said.them.length]).toEqual([1, 1])
    expect(said.them).toMatchObject([{ event: 'ack:missing', args: [{ error: { code: -32601 } }] }])
    expect(told).toEqual([])
  })

  test('theirs to a method of ours: it is run, answered, and their complaint about the answer ends it', async () => {
    const told: Diagnostic[] = []
    const { rpc, peer, said, quiet } = await openBoth({ onDiagnostic: keepIn(told) })
    const seen: unknown[] = []
    rpc.registerMethod('note', (value: unknown) => seen.push(value))
    await peer.invoke('note', 'x', { isNotify: true })
    await quiet()
    await quiet()
    expect(seen).toEqual(['x'])
    expect(said.us).toMatchObject([{ event: 'ack:note' }])
    expect(said.them).toMatchObject([{ event: 'syn:note' }, { event: 'ack:undefined' }])
    expect(told).toMatchObject([{ kind: 'unexpected' }])
  })

  test('theirs to a method that we do not have ends as soon', async () => {
    const { peer, said, quiet } = await openBoth()
    await peer.invoke('missing', 'x', { isNotify: true })
    await quiet()
    await quiet()
    expect([said.us.length, said.them.length]).toEqual([1, 2])
  })

  test('their notifications in thousands end, and calls go on', async () => {
    const { rpc, peer, said, quiet } = await openBoth()
    for (let i = 0; i < 2_000; i++) void peer.invoke('count', i, { isNotify: true })
    expect(await rpc.invoke('add', [1, 2])).toBe(3)
    expect(await peer.invoke('add', 1, 2)).toBe(3)
    await quiet()
    const frames = said.us.length + said.them.length
    await quiet()
    expect(said.us.length + said.them.length).toBe(frames)
    expect(frames).toBe(3 * 2_000 + 4)
  })
})
