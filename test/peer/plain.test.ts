import { expect, test } from 'vitest'
import { lspDialect } from '../../src/index.ts'
import { alone, notification, outcomeOf, request, result, statesOf, turn } from './pair.ts'
import { hello, methodsIn } from './peer.ts'

test('rule 1: with plain or a dialect nothing is said, and nothing waits', () => {
  for (const options of [{ plain: true }, { plain: false, dialect: lspDialect }]) {
    using peer = alone(options)
    expect(statesOf(peer.rpc)).toEqual(['connected'])
    peer.rpc.notify('now')
    expect(methodsIn(peer.posted)).toEqual(['now'])
  }
})

test('S22: with plain or a dialect, rpc.* is unknown however often it is said', () => {
  for (const options of [{ plain: true }, { plain: false, dialect: lspDialect }]) {
    using peer = alone(options)
    peer.receive(hello('theirs'), notification('rpc.close'), notification('rpc.cancel', [1]))
    expect(statesOf(peer.rpc)).toEqual(['connected'])
    expect(peer.posted).toMatchObject([{ id: 'theirs', error: { code: -32601 } }])
  }
})

test('plain: true never sends anything named rpc.*, whatever happens', async () => {
  for (const successor of [false, true]) {
    using peer = alone({ methods: { ping: () => 1 } }, { successor })
    const { rpc, link } = peer
    const abort = new AbortController()
    const calls = [
      rpc.invoke('a', null, { signal: abort.signal }),
      rpc.invoke('b', null, { timeout: 1 }),
      rpc.batch((call) => [call('c', null, { signal: abort.signal })]),
      rpc.connect(),
    ]
    const settled = Promise.allSettled(calls)
    abort.abort()
    await settled
    peer.receive(request(1, 'ping'), hello('theirs'), notification('rpc.close'), result('nobody', 1))
    link.breakFor('left', 'gone')
    const after = outcomeOf(rpc.invoke('d'))
    peer.receive(request(2, 'ping'))
    await after
    rpc.destroy()
    expect(methodsIn(peer.posted).filter((name) => name.startsWith('rpc.'))).toEqual([])
  }
})

test('plain: true does not wait for anybody, also after the other side went and a successor may come', async () => {
  using peer = alone({}, { successor: true })
  peer.link.breakFor('left', 'reloaded')
  void peer.rpc.invoke('now').catch(() => {})
  await turn()
  expect(methodsIn(peer.posted)).toEqual(['now'])
})
