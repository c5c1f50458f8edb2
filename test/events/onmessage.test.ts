/** Endpoints that have only `onmessage` and `postMessage`, such as `figma.ui` and the older kinds of ports. */
import { describe, expect, onTestFinished, test } from 'vitest'
import { ErrorCode, type RPCError, RPCMessageEvent, type RPCMessageEventOptions } from '../../src/index.ts'
import { start, within } from '../contract/fixture.ts'

interface Bare {
  onmessage: ((event: { data: unknown }) => unknown) | null
  postMessage(message: unknown): void
}

interface Pair {
  readonly left: Bare
  readonly right: Bare
  /** Let all that was posted arrive. */
  readonly arrived: () => Promise<void>
}

/** Two linked endpoints. What is posted arrives in a later task, as a structured clone. */
function pair(): Pair {
  const make = (other: () => Bare): Bare => ({
    onmessage: null,
    postMessage(message) {
      const data: unknown = structuredClone(message)
      setTimeout(() => other().onmessage?.({ data }))
    },
  })
  const left: Bare = make(() => right)
  const right: Bare = make(() => left)
  return { left, right, arrived: () => new Promise((resolve) => setTimeout(resolve)) }
}

function listenAt(endpoint: Bare, options?: Partial<RPCMessageEventOptions>): RPCMessageEvent {
  const event = new RPCMessageEvent({ currentEndpoint: endpoint, targetEndpoint: endpoint, ...options })
  onTestFinished(() => event.destroy())
  return event
}

describe('RPCMessageEvent over an endpoint that has only onmessage', () => {
  test('events cross both ways', async () => {
    const { left, right, arrived } = pair()
    const here = listenAt(left)
    const there = listenAt(right)
    const log: unknown[] = []
    there.on('do_something', (data: string) => there.emit('re:do_something', `${data} done`))
    here.on('re:do_something', (data: string) => log.push(data))
    here.emit('do_something', 'some data')
    await arrived()
    await arrived()
    expect(log).toEqual(['some data done'])
  })

  test('an RPC over it calls both ways', async () => {
    const { left, right } = pair()
    const caller = start({ event: listenAt(left), methods: { add: (a: number, b: number) => a + b } })
    const callee = start({ event: listenAt(right), methods: { add: (a: number, b: number) => a + b } })
    expect(
      await within(45_000, Promise.all([caller, callee].map((rpc) => rpc.invoke('add', [1, 2])))),
    ).toEqual([3, 3])
  })

  test('the former handler goes on to be called, with the event and its endpoint as `this`', async () => {
    const { left, right, arrived } = pair()
    const log: unknown[] = []
    right.onmessage = function former(this: unknown, { data }) {
      log.push([this === right, data])
    }
    listenAt(right).on('x', () => log.push('listener'))
    listenAt(left).emit('x')
    left.postMessage('not ours')
    await arrived()
    expect(log).toEqual([[true, { jsonrpc: '2.0', method: 'x' }], 'listener', [true, 'not ours']])
  })

  test('a former handler that throws does not keep events from the listeners', () => {
    const { right } = pair()
    const log: string[] = []
    right.onmessage = () => {
      log.push('former')
      throw new Error('the former handler failed')
    }
    listenAt(right).on('x', () => log.push('x'))
    try {
      right.onmessage({ data: { jsonrpc: '2.0', method: 'x' } })
    } catch {
      // It may throw what the former one throws, as it did before.
    }
    expect(log.toSorted()).toEqual(['former', 'x'])
  })

  test('destroy puts the former handler back, also where there was none', () => {
    const { left, right } = pair()
    const former = (): void => {}
    right.onmessage = former
    const events = [listenAt(left), listenAt(right)]
    expect([left.onmessage, right.onmessage]).not.toContain(former)
    expect(left.onmessage).not.toBeNull()
    for (const event of events) event.destroy()
    expect([left.onmessage, right.onmessage]).toEqual([null, former])
  })

  test('destroy does not take away a handler that somebody set later', async () => {
    const { left, right, arrived } = pair()
    const event = listenAt(right)
    const log: unknown[] = []
    right.onmessage = ({ data }) => log.push(data)
    event.destroy()
    left.postMessage('for the later one')
    await arrived()
    expect(log).toEqual(['for the later one'])
  })

  test('two on one endpoint, destroyed in the order in which they were made, leave nothing behind', async () => {
    const { left, right, arrived } = pair()
    const log: unknown[] = []
    right.onmessage = () => log.push('former')
    const [first, second] = [listenAt(right), listenAt(right)]
    const errors: RPCError[] = []
    for (const event of [first, second]) event.onerror = (error) => errors.push(error)
    first.on('x', () => log.push('first'))
    second.on('x', () => log.push('second'))
    const sender = listenAt(left)
    for (const destroyed of [undefined, first, second]) {
      destroyed?.destroy()
      sender.emit('x')
      await arrived()
      log.push('/')
    }
    expect(log).toEqual(['former', 'first', 'second', '/', 'former', 'second', '/', 'former', '/'])
    expect(errors).toEqual([])
  })

  test('S15: what throws when it is read reaches no listener, and its error goes no further', () => {
    const { right } = pair()
    const log: unknown[] = []
    const event = listenAt(right)
    event.on('x', (...args: unknown[]) => log.push(args))
    const hostile: unknown[] = [
      new Proxy(
        {},
        {
          get() {
            throw new Error('get')
          },
        },
      ),
      {
        jsonrpc: '2.0',
        method: 'x',
        get params() {
          throw new Error('params')
        },
      },
      {
        jsonrpc: '2.0',
        method: 'x',
        get id() {
          throw new Error('id')
        },
      },
    ]
    for (const data of hostile) expect(() => right.onmessage?.({ data })).not.toThrow()
    expect(log).toEqual([])
    right.onmessage?.({ data: { jsonrpc: '2.0', method: 'x' } })
    expect(log).toEqual([[]])
  })

  test('S15: a getter as `data` that throws is told to onerror, and its error goes no further', () => {
    const { right } = pair()
    const errors: RPCError[] = []
    listenAt(right).onerror = (error) => errors.push(error)
    const event = {
      get data(): unknown {
        throw new Error('data')
      },
    }
    expect(() => right.onmessage?.(event)).not.toThrow()
    expect(errors.length).toBeLessThanOrEqual(1)
  })
})

/** `figma.ui` hands over the message itself in place of an event, and posts with `{ origin }`. */
interface FigmaUI {
  onmessage: ((message: unknown, properties: { origin: string }) => void) | undefined
  postMessage(message: unknown, options?: { readonly origin?: string }): void
}

describe('RPCMessageEvent in a Figma plugin', () => {
  test('the example of the published work: the plugin, and its ui by pluginMessage', async () => {
    const options: unknown[] = []
    const toUI: Bare = { onmessage: null, postMessage: () => {} }
    const ui: FigmaUI = {
      onmessage: undefined,
      postMessage(message, given) {
        options.push(given)
        setTimeout(() => toUI.onmessage?.({ data: { pluginMessage: structuredClone(message) } }))
      },
    }
    const parent: Pick<Bare, 'postMessage'> = {
      postMessage(message) {
        const { pluginMessage } = structuredClone(message) as { pluginMessage: unknown }
        setTimeout(() => ui.onmessage?.(pluginMessage, { origin: 'null' }))
      },
    }
    const origin = { origin: '*' }
    const inPlugin = new RPCMessageEvent({
      currentEndpoint: ui,
      targetEndpoint: ui,
      config: () => origin as object,
      receiveAdapter: (message) => message,
    })
    const inUI = new RPCMessageEvent({
      currentEndpoint: toUI,
      targetEndpoint: parent,
      sendAdapter: (data) => ({ data: { pluginMessage: data } }),
      receiveAdapter: ({ data }) => (data as { pluginMessage?: unknown }).pluginMessage,
    })
    const plugin = start({ event: inPlugin, methods: { add: (a: number, b: number) => a + b } })
    const page = start({ event: inUI, methods: { title: () => 'the ui' } })
    expect(await within(45_000, page.invoke('add', [1, 2]))).toBe(3)
    expect(await within(45_000, plugin.invoke('title'))).toBe('the ui')
    expect(new Set(options)).toEqual(new Set([origin]))
  })

  test('a plugin hears nothing of a message that is no object', async () => {
    const ui: FigmaUI = { onmessage: undefined, postMessage: () => {} }
    const errors: RPCError[] = []
    const event = new RPCMessageEvent({
      currentEndpoint: ui,
      targetEndpoint: ui,
      receiveAdapter: (message) => message,
    })
    onTestFinished(() => event.destroy())
    event.onerror = (error) => errors.push(error)
    for (const message of ['text', 7, null, undefined])
      expect(() => ui.onmessage?.(message, { origin: 'null' })).not.toThrow()
    expect(errors.map(({ code }) => code)).not.toContain(ErrorCode.METHOD_NOT_FOUND)
  })
})
