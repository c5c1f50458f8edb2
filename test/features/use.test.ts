/** What `use` takes, what happens where a feature is missing, and what own features may do wrong. */
import { expect, test, vi } from 'vitest'
import * as core from '../../src/core.ts'
import { callContext, ErrorCode, expose, type Feature, RPC, rpcOf, wrap } from '../../src/index.ts'
import { linkedPair } from '../../src/testing.ts'

const methods = { echo: (value: unknown) => value, make: () => () => 1, who: () => callContext().method }

const link = (text = false): ReturnType<typeof linkedPair> => linkedPair({ text })

test('`use` takes a feature, too, and nothing that makes none', async () => {
  const { left, right } = link()
  using one = new core.RPC({ transport: left, use: core.references as never })
  using other = new core.RPC({ transport: right, use: [core.references], methods })
  void other
  expect(await one.invoke('make')).toBeTypeOf('function')
  for (const wrong of [async () => ({}), () => 'x', 'x', {}])
    expect(() => new core.RPC({ transport: link().left, use: [wrong as never] })).toThrow(
      '`use` takes features, all of one copy of portcall',
    )
})

test('wrap and expose give the options of their RPC once: others later throw, the same ones do not', async () => {
  const { port1, port2 } = new MessageChannel()
  const deny: Feature = () => ({
    around: {
      handle: () => () => {
        throw new Error('forbidden')
      },
    },
  })
  const remote = core.wrap(port1, { use: [core.references], timeout: 500 })
  expect(() => core.expose(methods, port1, { use: [deny] })).toThrow(
    'This endpoint has an RPC already, without this `use`',
  )
  expect(() => expose(methods, port1, { validate: () => {} })).toThrow('without this `validate`')
  expect(() => core.expose(methods, port1, { timeout: 400 })).toThrow('without this `timeout`')
  core.expose(methods, port1, { use: [core.references] })
  const there = wrap<typeof methods>(port2)
  expect(await there.echo(1)).toBe(1)
  core.rpcOf(remote).destroy()
  rpcOf(there).destroy()
})

test('S41: the transfer list of a call moves what it names, whatever features there are', async () => {
  for (const use of [[], [core.references], [core.signals], [core.streams], [core.encoding]]) {
    const { port1, port2 } = new MessageChannel()
    using a = new core.RPC({ transport: port1, use })
    using b = new core.RPC({
      transport: port2,
      use,
      methods: {
        isPort: (port: unknown) => port instanceof MessagePort,
        isStream: (stream: unknown) => stream instanceof ReadableStream,
      },
    })
    void b
    const { port1: moved } = new MessageChannel()
    expect(await a.invoke('isPort', [moved], { transfer: [moved] })).toBe(true)
    const stream = new ReadableStream()
    expect(await a.invoke('isStream', [stream], { transfer: [stream] })).toBe(true)
  }
})

test('for await without `streams` throws an error that names it, and leaves no unhandled rejection', async () => {
  const unhandled = vi.fn<() => void>()
  process.on('unhandledRejection', unhandled)
  const { left, right } = link()
  using server = new core.RPC({
    transport: right,
    use: [core.streams],
    methods: {
      async *count() {
        yield 1
      },
    },
  })
  using client = new core.RPC({ transport: left })
  void server
  const remote = client.remote<{ count(): AsyncGenerator<number> }>()
  await expect(
    (async () => {
      for await (const n of remote.count()) void n
    })(),
  ).rejects.toThrow('for await needs the feature `streams`')
  await new Promise((resolve) => setTimeout(resolve, 20))
  process.off('unhandledRejection', unhandled)
  expect(unhandled).not.toHaveBeenCalled()
})

test('what text does not carry names the feature that would', async () => {
  for (const [value, kind] of [
    [new Date(), 'Date'],
    [1n, 'bigint'],
    [Number.NaN, 'number'],
    [new Uint8Array(1), 'Uint8Array'],
    [new Map(), 'Map'],
  ] as const) {
    const { left, right } = link(true)
    using bare = new core.RPC({ transport: right, methods })
    using whole = new RPC({ transport: left })
    void bare
    await whole.connect()
    await expect(whole.invoke('echo', [value])).rejects.toMatchObject({
      message: expect.stringContaining(
        `params[0] is a ${kind}, which the peer does not take: it lacks the feature \`encoding\``,
      ),
    })
  }
})

test('a function as result of a core without features is an error that says so, also as text', async () => {
  for (const text of [false, true]) {
    const { left, right } = link(text)
    using server = new core.RPC({ transport: right, methods })
    using client = new core.RPC({ transport: left })
    void server
    await expect(client.invoke('make')).rejects.toMatchObject({
      code: ErrorCode.INTERNAL_ERROR,
      message: expect.stringContaining('result is a function, for which `use` lacks `references`'),
    })
  }
})

test('a feature that is not missing is not said to be', async () => {
  const { port1, port2 } = new MessageChannel()
  using a = new core.RPC({ transport: port1, use: [core.all] })
  using b = new core.RPC({ transport: port2, use: [core.all], methods })
  void b
  await expect(a.invoke('echo', [new WeakMap()])).rejects.toMatchObject({
    message: expect.not.stringContaining('missing in `use`'),
  })
  const { left, right } = link(true)
  using text = new core.RPC({ transport: left, use: [core.all] })
  using other = new core.RPC({ transport: right, use: [core.all] })
  void other
  const { buffer } = new Uint8Array(1)
  await expect(text.invoke('echo', [buffer], { transfer: [buffer] })).rejects.toMatchObject({
    message: expect.stringMatching(/cannot be sent: (params: )?[Tt]his medium transfers nothing/),
  })
})

test('callContext() works in a handler behind an own feature that waits', async () => {
  const { left, right } = link()
  const late: Feature = () => ({
    around: {
      handle: (next) => async (handler, call) => {
        await Promise.resolve()
        return next(handler, call)
      },
    },
  })
  using server = new core.RPC({ transport: right, methods, use: [late] })
  using client = new core.RPC({ transport: left })
  void server
  expect(await client.invoke('who')).toBe('who')
})

test('an own around.call that throws rejects the call', async () => {
  const { left } = link()
  const guard: Feature = () => ({
    around: {
      call: () => () => {
        throw new Error('no')
      },
    },
  })
  using client = new core.RPC({ transport: left, use: [guard] })
  await expect(client.remote<{ rm(): void }>().rm()).rejects.toThrow('no')
})

test('a call that waits for the peer and cannot be sent to it says which it is', async () => {
  const { left, right } = link()
  using client = new core.RPC({ transport: left, use: [core.references] })
  const called = client.invoke('echo', [() => 1])
  using server = new core.RPC({ transport: right, methods })
  void server
  await expect(called).rejects.toMatchObject({
    message: expect.stringContaining('Request `echo` cannot be sent'),
  })
})

test('S16: a fallback does not get the names that nobody may reach', async () => {
  const { left, right } = link()
  const fallback = vi.fn<(method: string) => string>((method) => method)
  using server = new core.RPC({ transport: right, use: [core.hooks], fallback })
  using client = new core.RPC({ transport: left })
  void server
  for (const name of ['constructor', '__proto__', 'toString', 'then'])
    await expect(client.invoke(name)).rejects.toMatchObject({ code: ErrorCode.METHOD_NOT_FOUND })
  expect(fallback).not.toHaveBeenCalled()
  expect(await client.invoke('other')).toBe('other')
})

test('a constructor that throws leaves no timer; a heartbeat of for ever has none', async () => {
  const made = vi.spyOn(globalThis, 'setInterval')
  const broken: Feature = () => {
    throw new Error('broken')
  }
  for (let i = 0; i < 5; i++)
    expect(
      () => new core.RPC({ transport: link().left, heartbeat: 40, use: [core.heartbeat, broken] }),
    ).toThrow('broken')
  const { left, right } = link()
  using one = new RPC({ transport: left, heartbeat: Infinity })
  using other = new RPC({ transport: right })
  void other
  await one.connect()
  expect(made).not.toHaveBeenCalled()
  made.mockRestore()
})
