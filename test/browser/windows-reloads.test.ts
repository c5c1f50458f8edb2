/** C43: peers that are not portcall, or speak on the window itself, in a window that loads another document. */
import { describe, expect, onTestFinished, test } from 'vitest'
import {
  type FrameLike,
  type RPC,
  type RPCInitOptions,
  RPCMessageEvent,
  type Transport,
  type WindowLike,
  windowTransport,
} from '../../src/index.ts'
import { rejection, start, within } from '../contract/fixture.ts'
import { GONE } from './windows/dying.ts'
import { A, B, C, HERE, madeAddress, openAddress, openFrame } from './windows/frames.ts'
import { connectTo, service, until } from './windows/stage.ts'
import { statesOf } from './windows/states.ts'

/** A hand-written peer: it answers `echo` and the hello, never `hang`, and reloads when it is told to. */
const plainPage = (more = ''): string => `<!doctype html><title>plain</title><script>
  let count = 0
  addEventListener('message', ({ data, source }) => {
    if (data === 'reload') return location.reload()
    if (data === 'count') return source.postMessage({ count }, '*')
    if (data?.jsonrpc !== '2.0') return
    count++
    const { id, method, params } = data
    if (id === undefined || method === 'hang') return
    if (method === 'slow') return setTimeout(() => source.postMessage({ jsonrpc: '2.0', id, result: 'slow' }, '*'), 1_500)
    const answer = method === 'echo' ? { result: params[0] } : { error: { code: -32601, message: 'no' } }
    source.postMessage({ jsonrpc: '2.0', id, ...answer }, '*')
  })
  parent.postMessage('plain ready', '*')
  opener?.postMessage('plain ready', '*')
</script>${more}`

const ofHere = (body: string): string => {
  const url = URL.createObjectURL(new Blob([body], { type: 'text/html' }))
  onTestFinished(() => URL.revokeObjectURL(url))
  return url
}

const addressAt = (origin: string, more = ''): string =>
  origin === HERE ? ofHere(plainPage(more)) : madeAddress(origin, { body: plainPage(more) })

/** Counts what pages say when their script runs. */
function readies(): () => Promise<void> {
  let seen = 0
  const listener = ({ data }: MessageEvent): void => void (data === 'plain ready' && seen++)
  addEventListener('message', listener)
  onTestFinished(() => removeEventListener('message', listener))
  let waited = 0
  return () => {
    const next = ++waited
    return until(() => seen >= next)
  }
}

const raw = (
  target: FrameLike | WindowLike,
  origin: string,
  options: Partial<RPCInitOptions> = {},
): { rpc: RPC; states: string[] } => over(windowTransport(target, { origin, raw: true }), options)

const over = (
  transport: Transport,
  options: Partial<RPCInitOptions> = {},
): { rpc: RPC; states: string[] } => {
  const rpc = start({ ...options, transport })
  return { rpc, states: statesOf(rpc) }
}

const eventsOf = (targetEndpoint: Window, targetOrigin: string): RPCMessageEvent =>
  new RPCMessageEvent({ currentEndpoint: window, targetEndpoint, config: { targetOrigin } })

const loadOf = (element: HTMLIFrameElement): Promise<unknown> =>
  new Promise((resolve) => element.addEventListener('load', resolve, { once: true }))

const kinds = { plain: { plain: true }, 'found to be plain': {} } as const
const targets = {
  'the element': (element, origin) => windowTransport(element, { origin, raw: true }),
  'its window': (element, origin) => windowTransport(element.contentWindow as Window, { origin, raw: true }),
  'an RPCMessageEvent': (element, origin) => eventsOf(element.contentWindow as Window, origin),
} satisfies Record<string, (element: HTMLIFrameElement, origin: string) => Transport>

describe('C43: an iframe that reloads with calls pending', () => {
  for (const [kind, options] of Object.entries(kinds))
    for (const [what, targetOf] of Object.entries(targets))
      for (const origin of [B, HERE])
        test(`${kind}, of ${origin === B ? 'another' : 'this'} origin, by ${what}`, async () => {
          const ready = readies()
          const element = openAddress(addressAt(origin))
          await Promise.all([loadOf(element), ready()])
          const { rpc, states } = over(targetOf(element, origin), options)
          expect(await rpc.invoke('echo', [1])).toBe(1)
          for (let round = 0; round < 2; round++) {
            const calls = [rpc.invoke('hang'), rpc.invoke('hang'), rpc.batch((call) => [call('hang')])]
            const reasons = Promise.all(calls.map(rejection))
            element.contentWindow?.postMessage('reload', '*')
            expect(await within(45_000, reasons)).toEqual([GONE, GONE, GONE])
            await ready()
            expect(await within(45_000, rpc.invoke('echo', [2]))).toBe(2)
          }
          const again = ['gone', 'waiting', 'connected']
          const first = options === kinds.plain ? ['connected'] : ['waiting', 'connected']
          // The first `load` of a document of another origin may be its own: only calls that stay unanswered reject.
          expect(states).toEqual([...first, ...(origin === HERE ? again : []), ...again])
        })

  test('whose `src` leads to a page that answers nothing', async () => {
    const element = openAddress(addressAt(B))
    await loadOf(element)
    const { rpc } = raw(element, B, { plain: true })
    expect(await rpc.invoke('echo', [1])).toBe(1)
    const call = rejection(rpc.invoke('hang'))
    element.src = madeAddress(C, { body: 'nobody' })
    expect(await within(45_000, call)).toEqual(GONE)
  })

  test('to a page of this origin and back', async () => {
    const element = openAddress(addressAt(B))
    await loadOf(element)
    const { rpc } = raw(element, B, { plain: true })
    for (const src of [ofHere('of this origin'), addressAt(B)]) {
      const call = rejection(rpc.invoke('hang'))
      const loaded = loadOf(element)
      element.src = src
      expect(await within(45_000, call)).toEqual(GONE)
      await loaded
    }
    expect(await rpc.invoke('echo', [3])).toBe(3)
  })

  test('in a shadow tree, and one that is moved in the document', async () => {
    const host = document.body.appendChild(document.createElement('div'))
    onTestFinished(() => host.remove())
    const element = openAddress(addressAt(B))
    host.attachShadow({ mode: 'closed' }).append(element)
    await loadOf(element)
    const ready = readies()
    const { rpc } = raw(element, B, { plain: true })
    const call = rejection(rpc.invoke('hang'))
    element.contentWindow?.postMessage('reload', '*')
    expect(await within(45_000, call)).toEqual(GONE)
    await ready()
    const moved = rejection(rpc.invoke('hang'))
    document.body.append(element)
    expect(await within(45_000, moved)).toEqual(GONE)
    await ready()
    expect(await within(45_000, rpc.invoke('echo', [4]))).toBe(4)
  })

  test('with portcall on both sides, which then loads a page without it', async () => {
    const page = openFrame(B, { starts: [{ ...service, raw: true }] })
    await page.loaded()
    const { rpc } = connectTo(page, { raw: true })
    expect(await rpc.invoke('add', [1, 2])).toBe(3)
    const call = rejection(rpc.invoke('hang'))
    page.tell({ do: 'go', to: madeAddress(B, { body: 'nobody' }) })
    expect(await within(45_000, call)).toEqual(GONE)
  })

  test('with portcall on both sides, which then loads one that is not', async () => {
    const page = openFrame(B, { starts: [{ ...service, raw: true }] })
    await page.loaded()
    const { rpc } = connectTo(page, { raw: true })
    expect(await rpc.invoke('add', [1, 2])).toBe(3)
    const call = rejection(rpc.invoke('hang'))
    page.tell({ do: 'go', to: addressAt(B) })
    expect(await within(45_000, call)).toEqual(GONE)
    expect(await within(45_000, rpc.invoke('echo', [5]))).toBe(5)
  })

  test('a popup of this origin', async () => {
    const ready = readies()
    const popup = window.open(ofHere(plainPage()), '', 'width=300,height=200') as Window
    onTestFinished(() => popup.close())
    await ready()
    const { rpc } = raw(popup, HERE, { plain: true })
    expect(await rpc.invoke('echo', [1])).toBe(1)
    const call = rejection(rpc.invoke('hang'))
    popup.postMessage('reload', '*')
    expect(await within(45_000, call)).toEqual(GONE)
    await ready()
    expect(await within(45_000, rpc.invoke('echo', [2]))).toBe(2)
  })
})

describe('C43: an RPC over an RPCMessageEvent on a window that ends', () => {
  for (const [kind, options] of Object.entries(kinds))
    for (const origin of [B, HERE])
      test(`an iframe of ${origin === B ? 'another' : 'this'} origin that is removed, ${kind}`, async () => {
        const element = openAddress(addressAt(origin))
        await loadOf(element)
        const { rpc } = over(eventsOf(element.contentWindow as Window, origin), options)
        expect(await rpc.invoke('echo', [1])).toBe(1)
        const call = rejection(rpc.invoke('hang'))
        element.remove()
        expect(await within(45_000, call)).toEqual(GONE)
        expect(await within(45_000, rejection(rpc.invoke('echo', [2])))).toEqual(GONE)
      })

  test('a popup that is closed', async () => {
    const ready = readies()
    const popup = window.open(ofHere(plainPage()), '', 'width=300,height=200') as Window
    onTestFinished(() => popup.close())
    await ready()
    const { rpc } = over(eventsOf(popup, HERE), { plain: true })
    const call = rejection(rpc.invoke('hang'))
    popup.close()
    expect(await within(45_000, call)).toEqual(GONE)
  })

  test('a call that is pending when its document has loaded goes on', async () => {
    const ready = readies()
    const slow = `<img src="${madeAddress(A, { body: '' }, 700)}">`
    const element = openAddress(addressAt(B, slow))
    const loaded = loadOf(element)
    await ready()
    const { rpc, states } = over(eventsOf(element.contentWindow as Window, B), { plain: true })
    const call = rpc.invoke('slow')
    await loaded
    expect(await call).toBe('slow')
    expect(states).toEqual(['connected'])
  })
})

describe('C43: a document that is there stays', () => {
  // Its `load` comes long after its script ran.
  const slow = `<img src="${madeAddress(A, { body: '' }, 700)}">`

  for (const origin of [B, HERE])
    test(`a call that is pending when the first document of ${origin === B ? 'another' : 'this'} origin has loaded goes on`, async () => {
      const ready = readies()
      const element = openAddress(addressAt(origin, slow))
      let isLoaded = false
      void loadOf(element).then(() => (isLoaded = true))
      const { rpc } = raw(element, origin, { plain: true })
      await ready()
      expect(isLoaded).toBe(false)
      let settled = false
      const call = rpc.invoke('hang').catch(() => {})
      void call.then(() => (settled = true))
      await until(() => isLoaded)
      expect(await rpc.invoke('echo', [1])).toBe(1)
      expect(settled).toBe(false)
    })

  test('a call of an RPC that was made when the page had said that it is ready goes on, too', async () => {
    const ready = readies()
    const element = openAddress(addressAt(B, slow))
    let isLoaded = false
    void loadOf(element).then(() => (isLoaded = true))
    await ready()
    const { rpc, states } = raw(element, B, { plain: true })
    const call = rpc.invoke('slow')
    await until(() => isLoaded)
    expect(await call).toBe('slow')
    expect(states).toEqual(['connected'])
  })

  test('a fragment, a history entry and the `load` of another iframe are no reload', async () => {
    const element = openAddress(addressAt(HERE))
    await loadOf(element)
    const { rpc, states } = raw(element, HERE, { plain: true })
    const call = rejection(rpc.invoke('hang'))
    const there = element.contentWindow as Window
    there.location.hash = '#x'
    there.history.pushState(null, '', '#y')
    await loadOf(openAddress(addressAt(B)))
    expect(await rpc.invoke('echo', [1])).toBe(1)
    expect(states).toEqual(['connected'])
    rpc.destroy()
    await call
  })

  test('what was posted before the first document came is rejected: nobody has heard it', async () => {
    const element = openAddress(addressAt(B))
    const { rpc } = raw(element, B, { plain: true })
    expect(await within(45_000, rejection(rpc.invoke('echo', [1])))).toEqual(GONE)
    await loadOf(element).catch(() => {})
  })

  test('one that is found to be plain is greeted again when its document comes late', async () => {
    const element = openAddress(madeAddress(B, { body: plainPage() }, 400))
    const { rpc } = raw(element, B)
    expect(await within(45_000, rpc.invoke('echo', [1]))).toBe(1)
  })

  test('destroy leaves no listener behind', async () => {
    const element = openAddress(addressAt(B))
    await loadOf(element)
    const { rpc, states } = raw(element, B, { plain: true })
    rpc.destroy()
    const loaded = loadOf(element)
    element.contentWindow?.postMessage('reload', '*')
    await loaded
    expect(states).toEqual(['connected', 'closed'])
  })
})
