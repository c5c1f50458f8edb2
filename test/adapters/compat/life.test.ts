/** Starts and ends of a real rpc-shooter 0.0.14 and ours. */
import { describe, expect, test } from 'vitest'
import { ErrorCode, type PeerState } from '../../../src/index.ts'
import { rejection, within } from '../../contract/fixture.ts'
import { methods, openBoth, startOurs } from './both.ts'
import { openChannel } from './channel.ts'
import { theirRPC } from './shooter.ts'

describe('who starts late', () => {
  test('theirs late: what we call at once waits for it, and its methods are found', async () => {
    const { ours, theirs, quiet } = openChannel()
    const rpc = startOurs(ours)
    const states: PeerState[] = []
    rpc.onPeer((state) => states.push(state))
    const call = rpc.invoke('add', [1, 2])
    await quiet()
    expect(states).toEqual(['waiting'])
    theirRPC(theirs, methods)
    expect(await within(45_000, call)).toBe(3)
    expect(states).toEqual(['waiting', 'connected'])
  })

  test('ours late: its connect resolves when we come, and both can call', async () => {
    const { ours, theirs, quiet } = openChannel()
    const peer = theirRPC(theirs, methods)
    await quiet()
    const rpc = startOurs(ours, { methods })
    await within(45_000, peer.connect())
    expect(await peer.invoke('add', 1, 2)).toBe(3)
    expect(await rpc.invoke('add', [1, 2])).toBe(3)
  })

  test('nobody comes: connect and calls reject TIMEOUT', async () => {
    const { ours } = openChannel()
    const rpc = startOurs(ours, { connectTimeout: 40 })
    expect(await rejection(rpc.connect(20))).toMatchObject({ code: ErrorCode.TIMEOUT })
    expect(await rejection(rpc.invoke('add', [1, 2]))).toMatchObject({ code: ErrorCode.TIMEOUT })
  })

  test('a new one over there is a new epoch: pending calls reject PEER_GONE, later ones reach it', async () => {
    const { rpc, peer, theirs, quiet } = await openBoth()
    const states: PeerState[] = []
    rpc.onPeer((state) => states.push(state))
    const pending = rejection(rpc.invoke('hang'))
    await quiet()
    peer.destroy()
    theirRPC(theirs, { ...methods, add: (a: number, b: number) => a * b })
    expect(await within(45_000, pending)).toMatchObject({ code: ErrorCode.PEER_GONE })
    expect(await rpc.invoke('add', [3, 4])).toBe(12)
    expect(states).toEqual(['connected', 'gone', 'waiting', 'connected'])
  })

  test('what the one before asked is not answered to the new one', async () => {
    const { rpc, peer, theirs, quiet, said } = await openBoth()
    let settle = (_value: unknown): void => {}
    rpc.registerMethod('slow', () => new Promise((resolve) => (settle = resolve)))
    const asked = peer.invoke('slow')
    asked.catch(() => {})
    await quiet()
    peer.destroy()
    theirRPC(theirs, methods)
    await quiet()
    said.us.splice(0)
    settle('for the one before')
    await quiet()
    expect(said.us).toEqual([])
  })
})

describe('the end', () => {
  test('destroy rejects what is pending, says nothing, and leaves no listener', async () => {
    const { rpc, said, ours, theirs, quiet } = await openBoth()
    const pending = rejection(rpc.invoke('hang'))
    await quiet()
    said.us.splice(0)
    rpc.destroy()
    expect(await pending).toMatchObject({ code: ErrorCode.CLOSED })
    theirs.postMessage({ event: 'syn:add', args: [{ id: 'x', params: [1, 2] }] })
    theirs.postMessage({ event: 'syn:__rpc_connect_event', args: [] })
    await quiet()
    expect(said.us).toEqual([])
    expect(() => startOurs(ours)).not.toThrow()
  })

  test('the other side says nothing at its end: calls reject at their deadline', async () => {
    const { rpc, peer } = await openBoth()
    peer.destroy()
    expect(await rejection(rpc.invoke('add', [1, 2], { timeout: 30 }))).toMatchObject({
      code: ErrorCode.TIMEOUT,
    })
  })

  test('a port that closes is told by the transport inside: PEER_GONE', async () => {
    const { rpc, theirs } = await openBoth()
    const pending = rejection(rpc.invoke('hang'))
    theirs.close()
    expect(await within(45_000, pending)).toMatchObject({ code: ErrorCode.PEER_GONE })
  })
})
