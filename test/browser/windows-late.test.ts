import { describe, expect, test } from 'vitest'
import { ErrorCode, windowTransport } from '../../src/index.ts'
import { type Connection, rejection, start, within } from '../contract/fixture.ts'
import { lateStart } from '../contract/starting.ts'
import { bare } from '../windows/medium.ts'
import { B, type FrameOptions, HERE, openFrame, openPopup } from './windows/frames.ts'
import { service } from './windows/stage.ts'

const later = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** The one that the contract suite calls late waits in its script; the other's script itself arrives late. */
const late = (kind: '400 ms late' | 'behind a late top-level await'): FrameOptions =>
  kind === '400 ms late' ? { starts: [service], late: 400 } : { starts: [service], slow: 400 }

lateStart('an iframe of another origin', (kind): Connection => {
  const { element } = openFrame(B, late(kind))
  return { transport: bare(windowTransport(element, { origin: B })), close() {} }
})

lateStart('a sandboxed iframe', (kind): Connection => {
  const { element } = openFrame(B, { ...late(kind), sandbox: 'allow-scripts' })
  return { transport: bare(windowTransport(element, { allowOpaque: true })), close() {} }
})

describe('S45: whoever starts first', () => {
  test('a child that has waited 400 ms for its parent is answered, and answers', async () => {
    const page = openFrame(B, { starts: [service] })
    await page.loaded()
    await later(400)
    const rpc = start({ transport: windowTransport(page.element, { origin: B }) })
    expect(await within(45_000, rpc.invoke('add', [1, 2]))).toBe(3)
    expect(await rpc.invoke('history')).toEqual({ states: ['waiting', 'connected'], ends: [] })
  })

  test('a call that a child makes before its parent listens is held, and handled once', async () => {
    const page = openFrame(B)
    await page.loaded()
    await page.ask({ do: 'start', start: service })
    await page.ask({ do: 'call', method: 'note', params: ['from the child'] })
    await later(400)
    const called: unknown[] = []
    const note = (entry: unknown): unknown => called.push(entry)
    const rpc = start({ transport: windowTransport(page.element, { origin: B }), methods: { note } })
    await within(45_000, rpc.connect())
    await rpc.invoke('count')
    expect(called).toEqual(['from the child'])
  })

  test('a popup that is slow is waited for', async () => {
    const page = openPopup(B, { starts: [{ ...service, at: 'opener' }], slow: 400 })
    const rpc = start({ transport: windowTransport(page.window, { origin: B }) })
    expect(await within(45_000, rpc.invoke('add', [1, 2]))).toBe(3)
  })

  test('a frame whose address is set only later is waited for', async () => {
    const element = document.createElement('iframe')
    document.body.append(element)
    const rpc = start({ transport: windowTransport(element, { origin: HERE }) })
    const call = rpc.invoke('add', [1, 2])
    const page = openFrame(HERE, { starts: [service] })
    element.src = page.element.src
    expect(await within(45_000, call)).toBe(3)
    element.remove()
  })
})

test('S45: what waits for a child is bounded, and rejects TIMEOUT if it never comes', async () => {
  const page = openFrame(B)
  const limits = { maxQueuedBeforeConnect: 3 }
  const rpc = start({ transport: windowTransport(page.element, { origin: B }), limits, connectTimeout: 200 })
  const waiting = [1, 2, 3].map((i) => rejection(rpc.invoke('add', [i, i])))
  expect(await rejection(rpc.invoke('add', [4, 4]))).toMatchObject({ code: ErrorCode.BUSY })
  expect(() => rpc.notify('note')).toThrow(expect.objectContaining({ code: ErrorCode.BUSY }))
  expect(await within(45_000, Promise.all(waiting))).toEqual(
    Array(3).fill(expect.objectContaining({ code: ErrorCode.TIMEOUT, data: { timeout: 200 } })),
  )
})

describe('a frame without address, whose document this page writes', () => {
  test.for(['first', 'last'] as const)('its script starts %s', async (when) => {
    const element = document.createElement('iframe')
    document.body.append(element)
    const there = element.contentWindow as Window & { connect?: () => void }
    const doc = there.document
    const module = doc.createElement('script')
    module.type = 'module'
    module.textContent = `import { RPC, windowTransport } from '/src/index.ts'
      window.connect = () => new RPC({ transport: windowTransport(parent), methods: { add: (a, b) => a + b } })
      window.ready()`
    const ready = new Promise<void>((resolve) => Object.assign(there, { ready: resolve }))
    doc.body.append(module)
    await ready
    const greeted = new Promise((resolve) => addEventListener('message', resolve, { once: true }))
    if (when === 'first') {
      there.connect?.()
      await greeted
    }
    const rpc = start({ transport: windowTransport(element) })
    if (when === 'last') there.connect?.()
    expect(await within(45_000, rpc.invoke('add', [1, 2]))).toBe(3)
    element.remove()
  })
})
