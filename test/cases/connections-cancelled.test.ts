/** Answers that a plain peer still gives to calls that were cancelled. */
import { describe, expect, test } from 'vitest'
import { acpDialect, type Diagnostic, lspDialect, mcpDialect } from '../../src/index.ts'
import * as core from '../../src/core.ts'
import { linkedPair } from '../../src/testing.ts'
import { alone, failure, request, result, turn } from '../peer/pair.ts'

describe.each([
  ['LSP', lspDialect],
  ['ACP', acpDialect],
])('C60: with the dialect of %s', (_, dialect) => {
  test('C60: the answer to a call that was cancelled is swallowed, whatever it says, once', async () => {
    using client = alone({ dialect })
    const abort = new AbortController()
    const calls = [1, 'two', 3, 0].map((id) => client.rpc.invoke('x', null, { id, signal: abort.signal }))
    const timedOut = client.rpc.invoke('x', null, { id: 5, timeout: 1 })
    abort.abort()
    await Promise.allSettled([...calls, timedOut])
    client.receive(result(1, 1), failure('two', -32800, 'Cancelled'), [result(3, 3), result(0, 0)])
    client.receive({ jsonrpc: '2.0', id: 5, result: 1, error: { code: 1, message: '' } })
    expect(client.diagnostics).toEqual([])

    client.receive(result(1, 'again'))
    expect(client.diagnostics).toEqual([{ kind: 'unexpected', about: 1, error: undefined }])
  })

  test('C60: what answers no call at all is a diagnostic as before', async () => {
    using client = alone({ dialect })
    const abort = new AbortController()
    const call = client.rpc.invoke('x', null, { id: 1, signal: abort.signal })
    abort.abort()
    await Promise.allSettled([call])
    client.receive(result(2, 2), result('1', 1))
    expect(client.diagnostics).toMatchObject([{ about: 2 }, { about: '1' }])
  })

  test('C60: an id that is used again is answered as any other', async () => {
    using client = alone({ dialect })
    const abort = new AbortController()
    const call = client.rpc.invoke('x', null, { id: 1, signal: abort.signal })
    abort.abort()
    await Promise.allSettled([call])
    client.receive(result(1, 'cancelled'))
    const again = client.rpc.invoke('x', null, { id: 1 })
    client.receive(result(1, 'again'))
    expect(await again).toBe('again')
    expect(client.diagnostics).toEqual([])
  })

  test('C60: a peer that answers none of them costs a bounded memory', async () => {
    using client = alone({ dialect })
    for (let i = 0; i < 5_000; i++) {
      const abort = new AbortController()
      const call = client.rpc.invoke('x', null, { id: i, signal: abort.signal })
      abort.abort()
      await Promise.allSettled([call])
    }
    client.receive(result(0, 0), result(4_999, 0))
    expect(client.diagnostics).toMatchObject([{ about: 0 }])
  })

  test('C60: a call that was not sent is not waited for', async () => {
    using client = alone({ dialect })
    const call = client.rpc.invoke('x', null, { id: 1, signal: AbortSignal.abort() })
    await Promise.allSettled([call])
    client.receive(result(1, 1))
    expect(client.diagnostics).toMatchObject([{ about: 1 }])
  })

  test('C60: whatever the order of the features', async () => {
    const { dialects, diagnostics } = core
    for (const use of [
      [dialects, diagnostics],
      [diagnostics, dialects],
    ]) {
      const seen: Diagnostic[] = []
      const link = linkedPair({ manual: true })
      using rpc = new core.RPC({
        transport: link.left,
        dialect,
        use,
        onDiagnostic: (event) => seen.push(event),
      })
      const abort = new AbortController()
      const call = rpc.invoke('x', null, { id: 1, signal: abort.signal })
      abort.abort()
      await Promise.allSettled([call])
      link.inject('right', result(1, 1))
      link.deliver()
      expect(seen).toEqual([])
    }
  })
})

test('C60: a dialect whose peers do not answer tells of one that does', async () => {
  using client = alone({ dialect: mcpDialect })
  const abort = new AbortController()
  const call = client.rpc.invoke('x', null, { id: 1, signal: abort.signal })
  abort.abort()
  await Promise.allSettled([call])
  client.receive(result(1, 1))
  expect(client.diagnostics).toMatchObject([{ kind: 'unexpected', about: 1 }])
})

test('C60: a duplicate request of the peer is a diagnostic, though a call with its id was cancelled', async () => {
  using client = alone({ dialect: lspDialect, methods: { wait: () => new Promise(() => {}) } })
  const abort = new AbortController()
  const call = client.rpc.invoke('x', null, { id: 1, signal: abort.signal })
  abort.abort()
  await Promise.allSettled([call])
  client.receive(request(1, 'wait'), request(1, 'wait'))
  await turn()
  expect(client.diagnostics).toMatchObject([{ kind: 'unexpected', about: 1 }])
  client.receive(result(1, 1))
  expect(client.diagnostics).toHaveLength(1)
})
