/** What messages cost a tab, and what they reach there. The families and their rules: test/cost. */
import { describe, expect, onTestFinished, test } from 'vitest'
import {
  endpointTransport,
  ErrorCode,
  type FrameLike,
  get,
  proxy,
  RPC,
  RPCMessageEvent,
  set,
  type WindowOptions,
  windowTransport,
} from '../../src/index.ts'
import { families } from '../cost/families.ts'
import type { Family, Known } from '../cost/family.ts'
import { request, result } from '../peer/pair.ts'
import { B } from './windows/frames.ts'
import { openChild } from './windows/stage.ts'

const isChromium = navigator.userAgent.includes('Chrome')

/** Those that cost most for what they send. */
const worst = [
  'batches of one shared request',
  'batches that share one long list of marks',
  'marks of the kind writable',
  'marks that share a long path',
  'one mark that is shared',
]

class Model {
  run(): string {
    return 'ran'
  }
}

interface Heard {
  readonly id?: unknown
  readonly method?: string
  readonly values?: readonly (readonly [path: unknown, kind: string, id: number])[]
}

/** An RPC of this page, and how to send it a family: @returns milliseconds until all of it is read. */
async function openReceiver(): Promise<(family: Family, n: number) => Promise<number>> {
  const { port1, port2 } = new MessageChannel()
  let held: readonly number[] = []
  let used = 100
  let rounds = 0
  const answered = new Map<unknown, () => void>()
  port2.onmessage = ({ data }: MessageEvent<Heard>) => {
    const { id, method, values = [] } = data
    if (method === 'rpc.connect')
      port2.postMessage(
        result(id, { session: 'hostile', version: 1, capabilities: ['values', 'details'], re: id }),
      )
    else if (method === 'hold') held = values.map(([, , number]) => number)
    else answered.get(id)?.()
  }
  const rpc = new RPC({
    transport: endpointTransport(port1),
    methods: {
      take: () => {},
      later: async () => {},
      pong: (last: string) => last,
      consume: () => {},
      Model,
    },
  })
  onTestFinished(() => {
    rpc.destroy()
    port2.close()
  })
  await rpc.connect()
  rpc.invoke('hold', [proxy({ label: 'label' }), () => {}]).catch(() => {})
  await expect.poll(() => held.length).toBe(2)
  const [object = 0, callback = 0] = held

  return async ({ messages }, n) => {
    const known: Known = {
      object,
      callback,
      stream: 0,
      pending: [],
      take: (count) => {
        const first = used
        used += count
        return first
      },
    }
    const last = `last ${++rounds}`
    const all = [...messages(n, known), request(last, 'pong', [last])]
    const done = new Promise<void>((resolve) => answered.set(last, resolve))
    for (const message of all) port2.postMessage(message)
    // Nothing of it is read before this turn ends.
    const since = performance.now()
    await done
    return performance.now() - since
  }
}

const LEAST_MS = 2
const MOST_GROWTH = 6

describe.runIf(isChromium)('R1: a tab reads each family in proportion to what arrives', () => {
  test.each(worst)('%s', { timeout: 60_000 }, async (name) => {
    const family = families.find((one) => one.name === name)
    if (!family) throw new TypeError(`There is no family \`${name}\``)
    const shoot = await openReceiver()
    const largest = Math.floor((family.most ?? 65_536) / 4)
    const bestOf = async (n: number, times: number): Promise<number> => {
      let best = Infinity
      for (let i = 0; i < times; i++) best = Math.min(best, await shoot(family, n))
      return best
    }
    let n = 512
    while (n < largest && (await bestOf(n, 3)) < LEAST_MS) n = Math.min(largest, 2 * n)
    let [small, large] = [Infinity, Infinity]
    // What chance adds to one round it does not add to all.
    for (let round = 0; round < 5 || (round < 60 && large > MOST_GROWTH * small); round++) {
      small = Math.min(small, await bestOf(n, 1))
      large = Math.min(large, await bestOf(4 * n, 1))
    }
    expect(large).toBeLessThanOrEqual(MOST_GROWTH * small)
  })
})

const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    (value) => ({ value }),
    (error: unknown) => Reflect.get(Object(error), 'code'),
  )

test('A10, R3: of an object with an element nothing of the document is read, written or called', async () => {
  const el = document.createElement('div')
  document.body.append(el)
  onTestFinished(() => el.remove())
  const widget = { el, title: 'title', style: el.style }
  const { port1, port2 } = new MessageChannel()
  const host = new RPC({
    transport: endpointTransport(port1),
    methods: { widget: () => proxy(widget, { writable: ['title'] }), nested: { widget } },
  })
  const hostile = new RPC({ transport: endpointTransport(port2) })
  onTestFinished(() => {
    host.destroy()
    hostile.destroy()
  })
  const remote = await hostile.invoke<{
    el: { remove(): Promise<void>; ownerDocument: { write(text: string): Promise<void> } }
  }>('widget')
  for (const path of ['el.ownerDocument.cookie', 'el.innerHTML', 'el.id', 'style.cssText', 'el.constructor'])
    expect([path, await failure(get(remote, path))]).toEqual([path, ErrorCode.METHOD_NOT_FOUND])
  for (const name of ['el', 'style']) expect(await failure(get(remote, name))).toBeTypeOf('number')
  for (const path of ['el.innerHTML', 'el', 'el.ownerDocument.title', 'style.cssText'])
    expect([path, await failure(set(remote, path, '<img src onerror="top.evil = 1">'))]).toEqual([
      path,
      ErrorCode.METHOD_NOT_FOUND,
    ])
  expect(await failure(remote.el.remove())).toBe(ErrorCode.METHOD_NOT_FOUND)
  expect(await failure(remote.el.ownerDocument.write('x'))).toBe(ErrorCode.METHOD_NOT_FOUND)
  for (const name of ['el.remove', 'el.click', 'el.ownerDocument.write', 'style.setProperty'])
    expect([name, await failure(hostile.invoke(`nested.widget.${name}`))]).toEqual([
      name,
      ErrorCode.METHOD_NOT_FOUND,
    ])
  expect([el.isConnected, el.innerHTML, widget.el]).toEqual([true, '', el])
})

test.each([false, true])(
  'A22: a message event that a script made up runs listeners and methods of an RPCMessageEvent: %s, by option',
  async (acceptUntrusted) => {
    const child = openChild()
    await child.loaded()
    const heard: unknown[] = []
    const event = new RPCMessageEvent({
      currentEndpoint: window,
      targetEndpoint: child.window,
      config: { targetOrigin: B },
      acceptUntrusted,
    })
    event.on('hi', () => heard.push('listener'))
    const rpc = new RPC({ transport: event, plain: true, methods: { method: () => heard.push('method') } })
    onTestFinished(() => {
      rpc.destroy()
      event.destroy()
    })
    for (const method of ['hi', 'method'])
      dispatchEvent(
        new MessageEvent('message', { data: { jsonrpc: '2.0', method }, origin: B, source: child.window }),
      )
    expect(heard).toEqual(acceptUntrusted ? ['listener', 'method'] : [])
  },
)

/** A transport of the window, and whatever it tells. @returns how to close it. */
function hearing(element: FrameLike, heard: unknown[], options: WindowOptions): () => void {
  const transport = windowTransport(element, { origin: B, ...options })
  const note = (what: unknown): void => void heard.push(what)
  transport.listen({ message: note, unreadable: note, refused: note, failed: note, gone() {}, opened() {} })
  return () => transport.close()
}

test('A22: nor does one reach a windowTransport, raw or not', async () => {
  const child = openChild()
  await child.loaded()
  const heard: unknown[] = []
  for (const raw of [false, true]) {
    const close = hearing(child.element, heard, { raw })
    onTestFinished(close)
    for (const type of ['message', 'messageerror'])
      dispatchEvent(
        new MessageEvent(type, { data: { jsonrpc: '2.0', method: 'hi' }, origin: B, source: child.window }),
      )
  }
  expect(heard).toEqual([])
})

describe('A25: what messages of other windows cost a page with 100 transports', () => {
  const MESSAGES = 1_000

  /** Milliseconds that the page takes for strangers' messages; this window itself is nobody's peer. */
  const cost = async (data: unknown): Promise<number> => {
    let left = MESSAGES
    const done = new Promise<void>((resolve) => {
      const count = (): void => {
        if (--left) return
        removeEventListener('message', count)
        resolve()
      }
      addEventListener('message', count)
    })
    for (let i = 0; i < MESSAGES; i++) postMessage(data, '*')
    const since = performance.now()
    await done
    return performance.now() - since
  }

  test.each([
    ['of somebody else', { type: 'other' }],
    ['that look like ours', { jsonrpc: '2.0', method: 'hi', params: [] }],
  ])('messages %s', { timeout: 60_000 }, async (_, data) => {
    const child = openChild()
    await child.loaded()
    const close: (() => void)[] = []
    const open = (channel: string): void => {
      const rpc = new RPC({
        transport: windowTransport(child.element, { origin: B }),
        channel,
        connectTimeout: 0,
      })
      close.push(rpc.destroy)
    }
    onTestFinished(() => close.forEach((each) => each()))
    open('first')
    let one = Infinity
    for (let i = 0; i < 3; i++) one = Math.min(one, await cost(data))
    for (let i = 1; i < 100; i++) open(`channel ${i}`)
    let hundred = Infinity
    for (let i = 0; i < 3; i++) hundred = Math.min(hundred, await cost(data))
    expect(hundred).toBeLessThan(10 * one + 50)
  })
})
