/** Realms of unit tests: jsdom and happy-dom lack `structuredClone`, and windows there do not say whether they are closed. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import * as core from '../../src/core.ts'
import { expose, proxy, RPC, windowTransport, wrap } from '../../src/index.ts'
import { linkedPair } from '../../src/testing.ts'
import { codeOf, statesOf } from '../peer/pair.ts'

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const entries = {
  portcall: { expose, wrap },
  'portcall/core': core as unknown as { expose: typeof expose; wrap: typeof wrap },
}

for (const [name, verbs] of Object.entries(entries))
  for (const link of [{}, { text: true }])
    test(`C63: ${name}: without structuredClone calls, events and values work over ${link.text ? 'text' : 'objects'}`, async () => {
      vi.stubGlobal('structuredClone', undefined)
      const { left, right } = linkedPair(link)
      const given = { list: [1, { a: 2 }] }
      using remote = verbs.wrap<{ echo(value: unknown): unknown; fail(): void }>(left)
      const call = remote.echo(given)
      given.list.push(3)
      verbs.expose(
        {
          echo: (value: unknown) => value,
          fail: () => {
            throw new RangeError('boom')
          },
        },
        right,
      )
      // As it was at the call, which waited for the hello.
      expect(await call).toEqual({ list: [1, { a: 2 }] })
      expect(await remote.echo(given)).toEqual(given)
      expect(await remote.echo(null)).toBe(null)
      await expect(remote.fail()).rejects.toThrow('boom')
      using there = verbs.wrap(right)
      void there
    })

test('C63: without structuredClone callbacks, errors as values and what cannot be sent are what they are', async () => {
  vi.stubGlobal('structuredClone', undefined)
  const { left, right } = linkedPair({ trusted: true })
  expose(
    {
      run: (callback: (n: number) => unknown) => callback(1),
      error: () => new DOMException('no', 'DataError'),
      object: () => proxy({ hi: () => 'hi' }),
      wrong: (value: unknown) => value,
    },
    right,
  )
  using remote = wrap<{
    run(callback: (n: number) => Promise<number>): number
    error(): DOMException
    object(): { hi(): Promise<string> }
    wrong(value: unknown): void
  }>(left)
  expect(await remote.run(async (n) => n + 1)).toBe(2)
  expect(await remote.error()).toMatchObject({ name: 'DataError', message: 'no' })
  const object = await (remote.object() as unknown as Promise<{ hi(): Promise<string> }>)
  expect(await object.hi()).toBe('hi')
  expect(await codeOf(Promise.resolve(remote.wrong(Symbol('x'))))).toBe(-32052)
})

/** A window and an iframe's, as happy-dom has them: `closed` is missing. */
function windows(members: object) {
  const page = new EventTarget() as EventTarget & Record<string, unknown>
  const frame: Record<string, unknown> = { postMessage: () => {}, length: 0, ...members }
  frame['window'] = frame
  Object.assign(page, { window: page, postMessage() {}, origin: 'http://localhost' })
  vi.stubGlobal('window', page)
  vi.stubGlobal('self', page)
  vi.stubGlobal('origin', 'http://localhost')
  for (const name of ['addEventListener', 'removeEventListener'] as const)
    vi.stubGlobal(name, page[name].bind(page))
  return frame
}

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'clearInterval'] }))

test('C63: a window that does not say whether it is closed is open, until it is closed or gone', () => {
  for (const members of [{}, { closed: undefined }, { closed: false }]) {
    const contentWindow = windows(members)
    const iframe: { contentWindow: unknown } = { contentWindow }
    const options = { acceptUntrusted: true, raw: true }
    using rpc = new RPC({ transport: windowTransport(iframe as never, options), plain: true })
    const seen = statesOf(rpc)
    vi.advanceTimersByTime(1_000)
    expect(seen).toEqual(['connected'])
    contentWindow['closed'] = true
    vi.advanceTimersByTime(1_000)
    expect(seen.slice(1)).toContain('gone')
  }
  const iframe: { contentWindow: unknown } = { contentWindow: windows({}) }
  const options = { acceptUntrusted: true, raw: true }
  using rpc = new RPC({ transport: windowTransport(iframe as never, options), plain: true })
  const seen = statesOf(rpc)
  iframe.contentWindow = null
  vi.advanceTimersByTime(1_000)
  expect(seen.slice(1)).toContain('gone')
  expect(() => windowTransport(windows({ closed: true }) as never)).toThrow('closed')
})
