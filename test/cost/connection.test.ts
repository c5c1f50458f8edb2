/** What one message may do to a connection: what waits settles, other work goes on, and what is kept has bounds. */
import { MessageChannel } from 'node:worker_threads'
import { describe, expect, test } from 'vitest'
import type * as current from '../../src/index.ts'
import { type LinkedPair, linkedPair, type LinkedPairOptions } from '../../src/testing.ts'
import { createHandshake } from '../../src/windows/handshake.ts'
import { hello } from '../peer/peer.ts'
import { deferred, notification, outcomeOf, request, result, turn } from '../peer/pair.ts'
import { errorOf, repeat } from './family.ts'
import { library } from './library.ts'
import { otherLibrary } from './meter.ts'

const { ErrorCode } = library
const CAPABILITIES = ['cancel', 'close', 'details', 'values', 'frame']

interface Host extends Disposable {
  readonly rpc: current.RPC
  readonly link: LinkedPair
  readonly posted: { readonly method?: string; readonly id?: unknown; readonly params?: readonly unknown[] }[]
  readonly diagnostics: string[]
  readonly receive: (...messages: unknown[]) => Promise<void>
}

/** A host whose peer is the test. */
async function hostWith(
  { text = false, ...more }: LinkedPairOptions = {},
  options: Omit<current.RPCInitOptions, 'transport'> = {},
): Promise<Host> {
  const link = linkedPair({ text, manual: true, ...more })
  const posted: Host['posted'] = []
  const diagnostics: string[] = []
  link.tap((from, message) => {
    if (from === 'left') posted.push(...([message].flat() as Host['posted']))
  })
  const rpc = new library.RPC({
    ...options,
    transport: link.left,
    onDiagnostic: ({ kind }) => diagnostics.push(kind),
  })
  const receive = async (...messages: unknown[]): Promise<void> => {
    for (const message of messages)
      link.inject('right', text && typeof message !== 'string' ? JSON.stringify(message) : message)
    link.deliver()
    await turn()
    link.deliver()
  }
  const { id: re } = posted[0] ?? {}
  await receive(result(re, { session: 'peer', version: 1, capabilities: CAPABILITIES, re }))
  posted.length = 0
  return { rpc, link, posted, diagnostics, receive, [Symbol.dispose]: () => rpc.destroy() }
}

const codeOf = (outcome: Awaited<ReturnType<typeof outcomeOf>>): unknown =>
  Reflect.get(Object(outcome), 'code') ?? outcome

describe('A20: what cannot be read, in place of an answer', () => {
  test('rejects all calls that are pending on a private port, and a batch', async () => {
    const { port1, port2 } = new MessageChannel()
    const rpc = new library.RPC({ transport: library.endpointTransport(port1), plain: true })
    port2.on('message', () => {})
    const calls = [rpc.invoke('one'), rpc.invoke('two'), rpc.batch((call) => [call('three')])]
    const outcomes = calls.map((call) => outcomeOf(call))
    port1.emit('messageerror', new Error('no such class'))
    const codes = (await Promise.all(outcomes)).map(codeOf)
    rpc.destroy()
    port1.close()
    expect(codes).toEqual(calls.map(() => ErrorCode.UNDELIVERABLE))
  })

  test('rejects no call over text: a line of a log was no answer', async () => {
    using host = await hostWith({ text: true })
    const call = host.rpc.invoke('one')
    await turn()
    await host.receive('{"jsonrpc":"2.0","id":1,"result":')
    expect(host.diagnostics).toContain('unreadable')
    await host.receive({
      jsonrpc: '2.0',
      id: host.posted.at(-2)?.id ?? host.posted.at(-1)?.id,
      result: 'one',
    })
    expect(await call).toBe('one')
  })

  test('is a diagnostic where others post, too', async () => {
    using host = await hostWith({ text: true, public: true })
    const call = host.rpc.invoke('one')
    call.catch(() => {})
    await turn()
    await host.receive('{')
    expect(await outcomeOf(call)).toBe('pending')
    expect(host.diagnostics).toContain('unreadable')
  })
})

describe.each([
  ['clones', false],
  ['text', true],
])('over %s', (_, text) => {
  const passes = (source: unknown): Promise<Host & { readonly id: unknown }> =>
    hostWith({ text }, { methods: { echo: (value: unknown) => value } }).then(async (host) => {
      host.rpc.notify('hold', [source])
      await turn()
      const held = host.posted.find(({ method }) => method === 'hold')
      const [[, , id]] = Reflect.get(Object(held), 'values') as [[unknown, string, number]]
      return { ...host, id, [Symbol.dispose]: () => host.rpc.destroy() }
    })

  test('A15: a peer that asks for 65,536 items at once does not keep other calls from being answered', async () => {
    let asked = 0
    using host = await passes({
      async *[Symbol.asyncIterator]() {
        for (;;) yield { n: ++asked, text: 'x'.repeat(10) }
      },
    })
    await host.receive(notification('rpc.pull', [host.id, 65_536]), request('other', 'echo', [1]))
    // Not before the loop has turned, whatever was asked for.
    expect(host.posted.some(({ id, params }) => id === 'other' || params?.includes('other'))).toBe(true)
    expect(asked).toBeLessThan(65_536)
    await host.receive(notification('rpc.stop', [host.id]))
    const after = asked
    await turn()
    expect(asked).toBeLessThanOrEqual(after + 1)
  })

  test('A15: asking again and again does not add up to more than 65,536', async () => {
    let asked = 0
    const gate = deferred()
    using host = await passes({
      async *[Symbol.asyncIterator]() {
        await gate.promise
        for (;;) yield ++asked
      },
    })
    await host.receive(...repeat(1_000, () => notification('rpc.pull', [host.id, 65_536])))
    gate.resolve(undefined)
    for (let before = -1; before !== asked;) {
      before = asked
      for (let i = 0; i < 20; i++) await new Promise((resolve) => setTimeout(resolve, 1))
      host.link.deliver()
    }
    expect(asked).toBeLessThanOrEqual(65_536)
  })

  const secret = 'at stackOfTheHostilePeer'
  test.each([undefined, 'message', 'fields', 'stack'] as const)(
    'A28: with `errors: %s` the stack of an error that arrives is taken only where it is asked for',
    async (errors) => {
      using host = await hostWith({ text }, errors ? { errors } : {})
      const seen: unknown[] = []
      host.rpc.registerMethod('take', (value: { signal?: AbortSignal; stream?: AsyncIterable<unknown> }) => {
        value.signal?.addEventListener('abort', () => seen.push(value.signal?.reason))
        void (async () => {
          for await (const _ of value.stream ?? []) void _
        })().catch((error: unknown) => seen.push(error))
      })
      const call = host.rpc.invoke('one').catch((error: unknown) => seen.push(error))
      await turn()
      const id = host.posted.find(({ method }) => method === 'one')?.id
      const error = errorOf({ stack: secret, cause: errorOf({ stack: secret }) })
      await host.receive(
        { ...request(1, 'take', [{ signal: null }]), values: [[[0, 'signal'], 'signal', 7]] },
        { ...request(2, 'take', [{ stream: null }]), values: [[[0, 'stream'], 'stream', 8]] },
        { jsonrpc: '2.0', id, error },
        notification('rpc.abort', [7, error]),
        notification('rpc.end', [8, error]),
      )
      await call
      await turn()
      expect(seen).toHaveLength(3)
      const stacks = seen
        .flatMap((error) => [error, (error as Error).cause])
        .map((error) => (error as Error | undefined)?.stack ?? '')
      expect(stacks.filter((stack) => stack.includes(secret)).length > 0).toBe(errors === 'stack')
    },
  )

  test('R2: each queue of a connection is bounded in bytes, and what does not fit is refused', async () => {
    const limits = { maxHeldBytes: 1_000_000 }
    const never = new Promise(() => {})
    const large = 'x'.repeat(200_000)
    using host = await hostWith(
      { text },
      { limits, methods: { large: () => large, never: () => never, take: () => {}, wait: () => never } },
    )
    const errorsOf = (): number =>
      host.posted.filter((one) => Reflect.get(Object(Reflect.get(one, 'error')), 'code') === ErrorCode.BUSY)
        .length
    // Params of calls that run.
    await host.receive(...repeat(20, (i) => request(`wait ${i}`, 'wait', [large])))
    expect(errorsOf()).toBeGreaterThanOrEqual(17)
    // All is released when they are cancelled by the peer's next session.
    await host.receive(hello('next', { capabilities: CAPABILITIES }))
    host.posted.length = 0
    // Answers of a batch.
    await host.receive([request('never', 'never'), ...repeat(20, (i) => request(`large ${i}`, 'large'))])
    await host.receive(hello('third', { capabilities: CAPABILITIES }))
    // Items that nobody asked for end their stream.
    await host.receive({ ...request('take', 'take', [null]), values: [[[0], 'stream', 9]] })
    await host.receive(...repeat(20, () => notification('rpc.next', [9, large])))
    expect(host.posted.some(({ method, params }) => method === 'rpc.stop' && params?.[0] === 9)).toBe(true)
  })

  test('R2: calls that are queued until the peer connects are bounded in bytes', async () => {
    const link = linkedPair({ text, manual: true })
    const rpc = new library.RPC({ transport: link.left, limits: { maxHeldBytes: 1_000_000 } })
    const calls = repeat(20, () => rpc.invoke('take', ['x'.repeat(200_000)]))
    const outcomes = await Promise.all(calls.map((call) => outcomeOf(call)))
    rpc.destroy()
    await Promise.allSettled(calls)
    expect(outcomes.map(codeOf).filter((code) => code === ErrorCode.BUSY).length).toBeGreaterThanOrEqual(17)
  })

  test('R5: what stands where a text or a number is meant is not converted', async () => {
    using host = await hostWith({ text }, { methods: { echo: (value: unknown) => value } })
    const converted: string[] = []
    const trap = {
      toString: () => converted.push('toString'),
      valueOf: () => converted.push('valueOf'),
      [Symbol.toPrimitive]: () => converted.push('toPrimitive'),
    }
    // As an emitter in this process gives them: objects of somebody else, with methods.
    const call = host.rpc.invoke('one').catch((error: unknown) => error)
    await turn()
    const id = host.posted.find(({ method }) => method === 'one')?.id
    const messages = [
      request(trap, 'echo', [1]),
      request(1, trap, [1]),
      request(2, 'rpc.call', [trap, trap]),
      request(3, 'rpc.get', [1, trap]),
      request(4, 'rpc.new', [null, trap]),
      notification('rpc.pull', [trap, trap]),
      notification('rpc.release', [trap, trap]),
      notification('rpc.cancel', [trap]),
      { ...request(5, 'echo', [1]), values: [[[trap], trap, trap]] },
      { ...request(6, 'echo', [1]), values: [[[0], 'function', trap]] },
      hello(trap as never, { session: trap, capabilities: [trap] }),
      { jsonrpc: '2.0', id, error: { ...errorOf({ name: trap, stack: trap }, trap), code: trap } },
    ]
    await host.receive(...messages)
    expect(await call).toBeInstanceOf(Error)
    expect(converted).toEqual([])
  })
})

describe.runIf(!otherLibrary)('A21: what a handshake keeps', () => {
  test('sessions with long names are not heard, and of short ones the last 64 are kept', () => {
    const handshake = createHandshake({ session: 'me', channel: undefined, opaque: false })
    for (let i = 0; i < 64; i++)
      expect(
        handshake.receive({ session: `${i}${'x'.repeat(4_000_000)}` }, 'https://peer.example', false),
      ).toEqual([])
    for (const session of [undefined, null, 1, {}, ['x'], Object('x')])
      expect(handshake.receive({ session }, 'https://peer.example', false)).toEqual([])
    expect(handshake.receive({ session: 'z' }, 'https://peer.example', false)).toHaveLength(1)
  })
})
