/** RPCMessageEvent as the library of the published article has it: origins by `config` or an adapter, adapters of any kind. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { RPC, type RPCError, RPCMessageEvent, type RPCMessageEventOptions } from '../../src/index.ts'
import { notification } from '../peer/pair.ts'

const here = 'https://here.example'
const widget = 'https://widget.example'

beforeEach(() => void vi.stubGlobal('origin', here))
afterEach(() => void vi.unstubAllGlobals())

/** A window and the iframe in it, whose events the test makes. */
function windows(options: Partial<RPCMessageEventOptions> = {}) {
  const listeners = new Map<string, (event: object) => void>()
  const posted: unknown[][] = []
  const frame = { postMessage: (...args: unknown[]) => void posted.push(args) }
  const page = {
    addEventListener: (type: string, listener: (event: object) => void) => void listeners.set(type, listener),
    removeEventListener: (type: string) => void listeners.delete(type),
    postMessage() {},
    get window(): unknown {
      return page
    },
  }
  const event = new RPCMessageEvent({ currentEndpoint: page, targetEndpoint: frame, ...options })
  const errors: RPCError[] = []
  event.onerror = (error) => errors.push(error)
  const heard: unknown[] = []
  event.on('x', (value: unknown) => heard.push(value))
  const say = (origin: string, value: unknown, source: unknown = frame): void =>
    listeners.get('message')?.({ data: notification('x', [value]), origin, source, isTrusted: true })
  return { event, errors, heard, say, posted, frame }
}

describe('C58: the origin', () => {
  const receiveAdapter: RPCMessageEventOptions['receiveAdapter'] = (event) =>
    event.origin === widget ? event.data : null

  for (const targetOrigin of [widget, `${widget}/`, '*'])
    test(`C58: is checked by the adapter where config is a function that posts to ${targetOrigin}`, () => {
      const { heard, say } = windows({ config: () => ({ targetOrigin }), receiveAdapter })
      say(widget, 1)
      say('https://evil.example', 2)
      say(widget, 3, {})
      expect(heard).toEqual([1])
    })

  test('C58: is that of config as a function, which may change and is asked for each message', () => {
    let targetOrigin = widget
    const { heard, say, errors, event } = windows({ config: () => ({ targetOrigin }) })
    say(widget, 1)
    say(here, 2)
    targetOrigin = '/'
    say(here, 3)
    say(widget, 4)
    event.config = () => ({ targetOrigin: 'https://third.example' })
    say('https://third.example', 5)
    expect(heard).toEqual([1, 3, 5])
    expect(errors).toHaveLength(2)
  })

  test("C58: is the page's own where config says none, throws or says what is none", () => {
    for (const config of [
      () => undefined,
      () => ({ transfer: [] }),
      () => {
        throw new Error('boom')
      },
      () => ({ targetOrigin: 'no origin' }),
      () => ({ targetOrigin: 5 as unknown as string }),
    ]) {
      const { heard, say } = windows({ config, receiveAdapter })
      say(widget, 1)
      expect(heard).toEqual([])
    }
    const { heard, say } = windows({ config: () => ({ transfer: [] }) })
    say(here, 1)
    expect(heard).toEqual([1])
  })

  test('C58: the option `origin` goes before config', () => {
    const { heard, say } = windows({ origin: here, config: () => ({ targetOrigin: '*' }) })
    say(widget, 1)
    say(here, 2)
    expect(heard).toEqual([2])
  })

  test('C58: one that is refused is reported by onerror once, one of another window never', () => {
    const { heard, say, errors } = windows({ receiveAdapter })
    for (let i = 0; i < 5; i++) say(widget, i)
    say('https://evil.example', 1, {})
    expect(heard).toEqual([])
    expect(errors).toMatchObject([
      { code: -32600, message: 'A message from https://widget.example was refused: pass it as `origin`' },
    ])
    say('https://second.example', 1)
    say(`https://${'x'.repeat(500)}.example`, 1)
    expect(errors.map(({ message }) => message.length < 200)).toEqual([true, true, true])
  })

  test('C58: an RPC over it has a diagnostic for it', () => {
    const { event, say } = windows()
    const diagnostics: unknown[] = []
    using rpc = new RPC({ event, onDiagnostic: (one) => diagnostics.push(one) })
    void rpc
    say(widget, 1)
    say(widget, 2)
    expect(diagnostics).toMatchObject([{ kind: 'refused', about: widget }])
  })
})

describe('C58: what sendAdapter returns', () => {
  const made: readonly [string, unknown][] = [
    ['text', 'text'],
    ['a number', 5],
    ['an object', { event: 'x', args: [1] }],
    ['a list', [1, 2]],
    ['null', null],
    ['a buffer', new ArrayBuffer(2)],
  ]
  for (const [name, value] of made)
    test(`C58: is posted, if it is ${name}`, () => {
      const { event, posted } = windows({ sendAdapter: () => value })
      event.emit('x', 1)
      expect(posted).toEqual([[value]])
    })

  test('C58: is data and what to transfer, if it has those', () => {
    const buffer = new ArrayBuffer(1)
    const { event, posted } = windows({
      sendAdapter: (data) => ({ data: { wrapped: data }, transfer: [buffer] }),
    })
    event.emit('x', 1)
    expect(posted).toEqual([[{ wrapped: notification('x', [1]) }, { transfer: [buffer] }]])
  })

  test('C58: is not forgotten silently', () => {
    const { event, posted } = windows({ sendAdapter: () => undefined })
    expect(() => event.emit('x')).toThrow('sendAdapter')
    expect(posted).toEqual([])
  })
})
