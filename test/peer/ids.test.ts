import { expect, test, vi } from 'vitest'
import { RPC } from '../../src/index.ts'
import { alone } from './pair.ts'
import { sessionOf } from './peer.ts'

test('S14: sessions come from crypto, differ, and need no randomUUID', () => {
  vi.stubGlobal('crypto', { getRandomValues: crypto.getRandomValues.bind(crypto) })
  const random = vi.spyOn(Math, 'random')
  try {
    const sessions = new Set<string>()
    for (let i = 0; i < 100; i++) {
      using peer = alone({ plain: false })
      sessions.add(sessionOf(peer.posted))
    }
    expect(sessions.size).toBe(100)
    expect(RPC.uuid()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(random).not.toHaveBeenCalled()
  } finally {
    vi.unstubAllGlobals()
    random.mockRestore()
  }
})

test('S14: 100,000 ids of calls differ, and carry the session where others listen', () => {
  const posted: unknown[] = []
  const post = (message: unknown): unknown => posted.push(message)
  const transport = { public: true, post, listen() {}, close() {} }
  const rpc = new RPC({ transport, plain: true, limits: { maxPending: Infinity } })
  const other = new RPC({ transport: { ...transport }, plain: true })
  for (let i = 0; i < 100_000; i++) rpc.invoke('x').catch(() => {})
  other.invoke('x').catch(() => {})
  const ids = posted.map((message) => Reflect.get(Object(message), 'id') as string)
  expect(new Set(ids).size).toBe(100_001)
  const nonces = new Set(ids.map((id) => id.slice(0, -String(100_000).length)))
  expect(Math.min(...[...nonces].map((nonce) => nonce.length))).toBeGreaterThanOrEqual(16)
  expect(ids.at(-1)?.slice(0, 16)).not.toBe(ids[0]?.slice(0, 16))
})

test('an id that a caller chose is not chosen again while it is pending', () => {
  using client = alone()
  for (const id of [2, '1', 3]) client.rpc.invoke('x', null, { id }).catch(() => {})
  for (let i = 0; i < 3; i++) client.rpc.invoke('x').catch(() => {})
  const ids = client.posted.map((message) => Reflect.get(Object(message), 'id') as unknown)
  expect(new Set(ids).size).toBe(6)
})
