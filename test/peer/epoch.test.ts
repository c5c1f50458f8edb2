import { expect, test } from 'vitest'
import { callContext, RPC } from '../../src/index.ts'
import { linkedPair } from '../../src/testing.ts'
import {
  alone,
  codeOf,
  deferred,
  notification,
  outcomeOf,
  rejection,
  request,
  result,
  statesOf,
  turn,
} from './pair.ts'
import { hello, helloAnswer, methodsIn, sessionOf } from './peer.ts'

const GONE = { code: -32050 }

const lastId = (posted: readonly unknown[]): unknown => Reflect.get(Object(posted.at(-1)), 'id')

test('rule 5: a hello with a new session is a new epoch: what was pending rejects PEER_GONE, then calls work', async () => {
  using peer = alone({ plain: false })
  const seen = statesOf(peer.rpc)
  peer.receive(hello('first'))
  const calls = [peer.rpc.invoke('a'), peer.rpc.invoke('b'), peer.rpc.batch((call) => [call('c')])]
  const settled = Promise.all(calls.map(outcomeOf))
  peer.receive(hello('second'))
  expect(await settled).toEqual([GONE, GONE, GONE])
  expect(seen).toEqual(['waiting', 'connected', 'gone', 'waiting', 'connected'])

  const call = peer.rpc.invoke('again')
  peer.receive(result(lastId(peer.posted), 'done'))
  expect(await call).toBe('done')
})

test('rule 5: an answer of the old epoch settles nothing in the new one', async () => {
  using peer = alone({ plain: false })
  peer.receive(hello('first'))
  const old = outcomeOf(peer.rpc.invoke('old'))
  const oldId = lastId(peer.posted)
  peer.receive(hello('second'))
  const fresh = peer.rpc.invoke('fresh')
  const freshId = lastId(peer.posted)
  expect(freshId).not.toBe(oldId)
  peer.receive(result(oldId, 'too late'), [result(oldId, 'too late')])
  expect([await old, await outcomeOf(fresh)]).toEqual([GONE, 'pending'])
  peer.receive(result(freshId, 'in time'))
  expect(await fresh).toBe('in time')
})

test('rule 5: an answer to the hello of somebody before us here introduces nobody', async () => {
  const link = linkedPair({ manual: true })
  const first = new RPC({ transport: link.left })
  const posted: unknown[] = []
  link.tap((_, message) => posted.push(message))
  first.destroy()
  using second = new RPC({ transport: link.left })
  link.inject('right', helloAnswer('the session of the first', 'theirs'))
  link.deliver()
  expect(await outcomeOf(second.connect(0))).toBe('pending')
  link.inject('right', helloAnswer(sessionOf(posted.slice(-1)), 'theirs'))
  link.deliver()
  expect(await outcomeOf(second.connect(0))).toEqual({ value: undefined })
})

test('S10: the same hello again is answered and changes nothing', async () => {
  using peer = alone({ plain: false })
  const seen = statesOf(peer.rpc)
  peer.receive(hello('theirs'))
  const call = peer.rpc.invoke('a')
  const id = lastId(peer.posted)
  peer.receive(hello('theirs'), helloAnswer(sessionOf(peer.posted), 'theirs'))
  expect(await outcomeOf(call)).toBe('pending')
  expect(seen).toEqual(['waiting', 'connected'])
  peer.receive(result(id, 'done'))
  expect(await call).toBe('done')
})

test('rule 5: rpc.close rejects what is pending PEER_GONE, and later calls at once', async () => {
  using peer = alone({ plain: false })
  const seen = statesOf(peer.rpc)
  peer.receive(hello('theirs'))
  const call = outcomeOf(peer.rpc.invoke('a'))
  const before = peer.posted.length
  peer.receive(notification('rpc.close'))
  expect(await call).toEqual(GONE)
  expect(seen).toEqual(['waiting', 'connected', 'gone'])
  expect(await codeOf(peer.rpc.invoke('b'))).toBe(GONE.code)
  expect(await codeOf(peer.rpc.connect())).toBe(GONE.code)
  expect(await codeOf(peer.rpc.batch((add) => [add('c')]))).toBe(GONE.code)
  expect(() => peer.rpc.notify('d')).toThrow(expect.objectContaining(GONE))
  expect(peer.posted).toHaveLength(before)
})

test('rule 5: where a successor can come, calls wait for it', async () => {
  using peer = alone({ plain: false }, { successor: true })
  const seen = statesOf(peer.rpc)
  peer.receive(hello('first'))
  const owed = outcomeOf(peer.rpc.invoke('owed'))
  peer.receive(notification('rpc.close'))
  expect(await owed).toEqual(GONE)
  expect(seen).toEqual(['waiting', 'connected', 'gone', 'waiting'])
  const waiting = peer.rpc.invoke('waiting')
  expect(await outcomeOf(peer.rpc.connect(0))).toBe('pending')
  expect(methodsIn(peer.posted)).not.toContain('waiting')
  peer.receive(hello('second'))
  peer.receive(result(lastId(peer.posted), 'done'))
  expect(await waiting).toBe('done')
})

test('rule 5: what waits for the first hello goes on waiting when a window is reloaded before it', async () => {
  using peer = alone({ plain: false }, { successor: true })
  const waiting = peer.rpc.invoke('waiting')
  peer.link.breakFor('left', 'reloaded')
  expect(await outcomeOf(waiting)).toBe('pending')
  peer.receive(hello('theirs'))
  peer.receive(result(lastId(peer.posted), 'done'))
  expect(await waiting).toBe('done')
})

test('rule 5: a death signal rejects with its reason as cause, before the hello and after', async () => {
  for (const met of [true, false]) {
    using peer = alone({ plain: false })
    if (met) peer.receive(hello('theirs'))
    const reason = new Error('the worker exited')
    const call = rejection(peer.rpc.invoke('a'))
    const connecting = met ? call : rejection(peer.rpc.connect(0))
    peer.link.breakFor('left', reason)
    for (const error of [await call, await connecting, await rejection(peer.rpc.invoke('later'))])
      expect(error).toMatchObject({
        ...GONE,
        message: expect.stringContaining('the worker exited'),
        cause: reason,
      })
  }
})

test('after it was gone, somebody new who says hello is heard', async () => {
  const link = linkedPair()
  using left = new RPC({ transport: link.left })
  const first = new RPC({ transport: link.right, methods: { who: () => 'first' } })
  expect(await left.invoke('who')).toBe('first')
  first.destroy()
  await turn()
  expect(await codeOf(left.invoke('who'))).toBe(GONE.code)
  using second = new RPC({ transport: link.right, methods: { who: () => 'second' } })
  await second.connect()
  expect(await left.invoke('who')).toBe('second')
})

test('what was rejected while it waited is not sent to somebody who comes later', async () => {
  using peer = alone({ plain: false })
  const calls = [peer.rpc.invoke('a'), peer.rpc.batch((call) => [call('b')])].map(outcomeOf)
  peer.rpc.notify('c')
  peer.link.breakFor('left', 'the worker exited')
  expect(await Promise.all(calls)).toEqual([GONE, GONE])
  peer.receive(hello('theirs'))
  expect(methodsIn(peer.posted)).toEqual(['rpc.connect', 'answer'])
})

test('rule 5: handlers that run for the old epoch are aborted, and their answers not sent', async () => {
  const gate = deferred()
  const signals: AbortSignal[] = []
  const wait = (): unknown => (signals.push(callContext().signal), gate.promise)
  using peer = alone({ plain: false, methods: { wait } })
  peer.receive(hello('first'), request(1, 'wait'), request(2, 'wait'))
  const before = peer.posted.length
  peer.receive(hello('second'))
  expect(signals).toMatchObject([
    { aborted: true, reason: GONE },
    { aborted: true, reason: GONE },
  ])
  gate.resolve('too late')
  await turn()
  expect(peer.posted.slice(before)).toStrictEqual([result('second', expect.anything())])
})

test('rule 5: nothing of a batch that the old epoch sent is answered in the new one', async () => {
  const gate = deferred()
  using peer = alone({ plain: false, methods: { wait: () => gate.promise, now: () => 'old' } })
  peer.receive(hello('first'), [request(1, 'now'), request(2, 'wait')])
  peer.receive(hello('second'))
  const before = peer.posted.length
  gate.resolve('old')
  await turn()
  // The new peer may have a call 1 of its own.
  expect(peer.posted.slice(before)).toEqual([])
})

test('an answer to our hello that names another session makes a plain peer', async () => {
  using peer = alone({ plain: false })
  const own = sessionOf(peer.posted)
  peer.receive(result(own, { session: 'theirs', version: 1, capabilities: ['cancel', 'close'], re: 'other' }))
  const abort = new AbortController()
  const call = outcomeOf(peer.rpc.invoke('a', null, { signal: abort.signal }))
  abort.abort()
  await call
  peer.rpc.destroy()
  expect(methodsIn(peer.posted)).toEqual(['rpc.connect', 'a'])
})

test('a peer that spoke before it answered our hello is the same one: what was sent to it is not lost', async () => {
  using peer = alone({ plain: false })
  peer.receive(notification('early'))
  const abort = new AbortController()
  const calls = [
    peer.rpc.invoke('a', null, { id: 'a' }),
    peer.rpc.invoke('b', null, { signal: abort.signal }),
  ]
  peer.receive(helloAnswer(sessionOf(peer.posted), 'theirs'))
  expect(await Promise.all(calls.map(outcomeOf))).toEqual(['pending', 'pending'])
  abort.abort('enough')
  peer.receive(result('a', 'done'))
  expect(await Promise.all(calls.map(outcomeOf))).toEqual([{ value: 'done' }, { code: undefined }])
  expect(methodsIn(peer.posted)).toEqual(['rpc.connect', 'a', 'b', 'rpc.cancel'])
})

test('rule 6: nothing is sent that the other side did not say it can take', async () => {
  for (const capabilities of [[], undefined, null, 'cancel close', { cancel: true }, ['frame', 5, null]]) {
    using peer = alone({ plain: false })
    peer.receive(hello('theirs', { capabilities }))
    const abort = new AbortController()
    const call = outcomeOf(peer.rpc.invoke('a', null, { signal: abort.signal }))
    abort.abort()
    await call
    peer.rpc.destroy()
    expect(methodsIn(peer.posted)).toEqual(['rpc.connect', 'answer', 'a'])
  }
})

test('rule 6: what it said that it can take is sent', async () => {
  using peer = alone({ plain: false })
  peer.receive(hello('theirs', { capabilities: ['close', 'cancel', 'something of the future'] }))
  const abort = new AbortController()
  const call = outcomeOf(peer.rpc.invoke('a', null, { signal: abort.signal }))
  const id = lastId(peer.posted)
  abort.abort()
  await call
  peer.rpc.destroy()
  expect(peer.posted.slice(-2)).toStrictEqual([notification('rpc.cancel', [id]), notification('rpc.close')])
})

test('rule 6: rpc.close and rpc.cancel of a peer that did not announce them are not obeyed', () => {
  using peer = alone({ plain: false })
  const seen = statesOf(peer.rpc)
  peer.receive(hello('theirs', { capabilities: [] }), notification('rpc.close'))
  expect(seen).toEqual(['waiting', 'connected'])
})

test('a hello of a later version, with members of the future, is a hello', () => {
  using peer = alone({ plain: false })
  const seen = statesOf(peer.rpc)
  const params = {
    session: 'theirs',
    version: 99,
    capabilities: ['teleport'],
    name: 'channel',
    future: { a: 1 },
  }
  peer.receive(request('theirs', 'rpc.connect', params))
  expect(seen).toEqual(['waiting', 'connected'])
})

test('destroy before anybody came tells whoever may have heard the hello', () => {
  using peer = alone({ plain: false })
  peer.rpc.destroy()
  expect(methodsIn(peer.posted)).toEqual(['rpc.connect', 'rpc.close'])
})

test('destroy after the other side was gone says nothing more', () => {
  using peer = alone({ plain: false })
  peer.receive(hello('theirs'), notification('rpc.close'))
  const before = peer.posted.length
  peer.rpc.destroy()
  expect(peer.posted).toHaveLength(before)
})
