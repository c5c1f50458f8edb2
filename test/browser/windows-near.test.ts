/** Windows of one origin hand ports over by reference where that is faster: in Firefox. */
import { describe, expect, test } from 'vitest'
import { ErrorCode, windowTransport } from '../../src/index.ts'
import { rejection, start, within } from '../contract/fixture.ts'
import { callTwice, GONE } from './windows/dying.ts'
import { B, HERE, openFrame, openPopup } from './windows/frames.ts'
import {
  bothEnds,
  connectTo,
  EXPECTED,
  type Heard,
  isNear,
  listenTo,
  madeBy,
  openNear,
  PLACE,
  POSTED,
  type Realm,
  realmOf,
  waitingIn,
} from './windows/near.ts'
import { service, until } from './windows/stage.ts'

describe('two windows of one origin', () => {
  test('in Firefox speak over ports that are never posted, in other engines over one that was', async () => {
    const { page, heard } = await openNear()
    const rpc = connectTo(page)
    expect(await rpc.invoke('add', [1, 2])).toBe(3)
    expect(madeBy(heard)).toEqual(EXPECTED)
    expect(waitingIn(page)).toBe(0)
    expect((globalThis as Realm)[PLACE]?.size ?? 0).toBe(0)
  })

  test('so does a popup, and a channel that has a name', async () => {
    const page = openPopup(HERE)
    await page.loaded()
    const heard = listenTo(page)
    await page.ask({ do: 'start', start: { ...service, at: 'opener', channel: 'files' } })
    const rpc = start({ transport: windowTransport(page.window), channel: 'files' })
    expect(await rpc.invoke('add', [1, 2])).toBe(3)
    expect(madeBy(heard)).toEqual(EXPECTED)
  })

  test('one that lets in any origin does, too', async () => {
    const page = openFrame(HERE)
    await page.loaded()
    const heard = listenTo(page)
    await page.ask({ do: 'start', start: { ...service, origin: 'any' } })
    const rpc = start({ transport: windowTransport(page.element, { origin: '*' }) })
    expect(await rpc.invoke('add', [1, 2])).toBe(3)
    expect(madeBy(heard)).toEqual(EXPECTED)
  })

  test('one that has set document.domain gets a port that is posted', async () => {
    const page = openFrame(HERE)
    await page.loaded()
    const heard = listenTo(page)
    realmOf(page).eval('document.domain = document.domain')
    const rpc = connectTo(page)
    await page.ask({ do: 'start', start: service })
    expect(await rpc.invoke('add', [1, 2])).toBe(3)
    // Chromium may not let it be set.
    expect(madeBy(heard)).toEqual(POSTED)
  })

  test('windows of other origins are greeted without a word of it', async () => {
    const page = openFrame(B, { starts: [service] })
    await page.loaded()
    const rpc = start({ transport: windowTransport(page.element, { origin: B }) })
    const heard: Heard[] = []
    addEventListener('message', ({ source, data }) => {
      if (source === page.window && Object(data).jsonrpc) heard.push(data as Heard)
    })
    page.tell({ do: 'reload' })
    await page.loaded()
    expect(await callTwice(rpc, 'add', [1, 2])).toBe(3)
    expect(heard.length).toBeGreaterThan(0)
    expect(heard.filter(({ params }) => 'near' in params)).toEqual([])
  })

  test('what arrives is of the realm that receives it, on both sides', async () => {
    const page = openFrame(HERE)
    await page.loaded()
    const { here, there, heardHere, heardThere } = await bothEnds(page)
    const value = { map: new Map([[1, 2]]), error: new TypeError('x'), date: new Date(0), list: [1] }
    here.post(value)
    there.post(value)
    await until(() => heardHere.length > 0 && heardThere.length > 0)
    for (const [data, realm] of [
      [heardHere[0], globalThis],
      [heardThere[0], realmOf(page)],
    ] as [typeof value, Realm][]) {
      expect(data).toBeInstanceOf(realm.Object)
      expect(data.map).toBeInstanceOf(realm.Map)
      expect(data.error).toBeInstanceOf(realm.TypeError)
      expect(data.date).toBeInstanceOf(realm.Date)
      expect(data.list).toBeInstanceOf(realm.Array)
    }
  })

  test('buffers and ports move both ways', async () => {
    const page = openFrame(HERE)
    await page.loaded()
    const { here, there, heardHere, heardThere } = await bothEnds(page)
    for (const [from, heard] of [
      [here, heardThere],
      [there, heardHere],
    ] as const) {
      const buffer = new ArrayBuffer(8)
      const { port1, port2 } = new MessageChannel()
      from.post({ buffer, port2 }, [buffer, port2])
      expect(buffer.byteLength).toBe(0)
      await until(() => heard.length > 0)
      const moved = heard[0] as { readonly buffer: ArrayBuffer; readonly port2: MessagePort }
      expect(moved.buffer.byteLength).toBe(8)
      const answer = new Promise((resolve) => {
        port1.onmessage = ({ data }) => resolve(data)
      })
      moved.port2.postMessage('through it')
      expect(await within(45_000, answer)).toBe('through it')
    }
  })

  test('what cannot be cloned rejects with the same words as over a port that was posted', async () => {
    const { page } = await openNear()
    const other = openFrame(B, { starts: [service] })
    const rejections = [
      connectTo(page),
      start({ transport: windowTransport(other.element, { origin: B }) }),
    ].map(async (rpc) => {
      await rpc.connect()
      const bad = [{ list: [1, Symbol('x')] }, new WeakMap()]
      const reasons = await Promise.all(bad.map((value) => rejection(rpc.invoke('echo', [value]))))
      const theirs = await rejection(rpc.invoke('unsendable'))
      expect(await rpc.invoke('add', [1, 2])).toBe(3)
      return [...reasons, theirs].map((reason) => {
        const chain: unknown[] = []
        for (let one = reason; one !== undefined; one = (one as Error).cause)
          chain.push([
            (one as Error).name,
            (one as Error).message,
            one instanceof Error,
            one instanceof DOMException,
          ])
        return chain
      })
    })
    const [near, posted] = await Promise.all(rejections)
    expect(near).toEqual(posted)
    expect(near?.[1]?.at(-1)).toEqual(['DataCloneError', expect.any(String), true, true])
  })

  test('other listeners of both pages hear greetings and nothing else', async () => {
    const { page, heard } = await openNear()
    const rpc = connectTo(page)
    await rpc.invoke('echo', [{ secret: 'a secret' }])
    await rpc.invoke('note', ['a secret'])
    rpc.destroy()
    expect(new Set(heard.map(({ method }) => method))).toEqual(new Set(['rpc.connect']))
    for (const { params } of heard)
      expect(['session', 're', 'port', 'near']).toEqual(expect.arrayContaining(Object.keys(params)))
    expect(JSON.stringify(heard)).not.toContain('a secret')
  })
})

describe('the end', () => {
  test('of the iframe rejects all calls PEER_GONE, those made right after it, too', async () => {
    const { page } = await openNear()
    const rpc = connectTo(page)
    await rpc.connect()
    const before = rejection(rpc.invoke('hang', ['x']))
    await rpc.invoke('add', [1, 2])
    page.element.remove()
    const after = rejection(rpc.invoke('add', [1, 2]))
    expect(await within(45_000, Promise.all([before, after]))).toEqual([GONE, GONE])
  })

  test('by a goodbye of the child rejects what waits', async () => {
    const { page } = await openNear()
    const rpc = connectTo(page)
    await rpc.connect()
    const call = rejection(rpc.invoke('hang', ['x']))
    rpc.notify('leave')
    expect(await within(45_000, call)).toEqual(GONE)
  })

  test('by a goodbye of the page aborts what runs', async () => {
    const { page } = await openNear()
    const rpc = connectTo(page)
    await rpc.connect()
    rpc.notify('hang', ['y'])
    rpc.destroy()
    const next = connectTo(page)
    expect(await within(45_000, next.invoke('fate', ['y']))).toBe(ErrorCode.PEER_GONE)
  })

  test('a reload is followed, and the new document has near ports again', async () => {
    const page = openFrame(HERE, { starts: [service] })
    await page.loaded()
    const rpc = connectTo(page)
    for (let round = 0; round < 3; round++) {
      await rpc.connect()
      const call = rejection(rpc.invoke('hang', ['x']))
      await rpc.invoke('add', [1, 2])
      page.tell({ do: 'reload' })
      expect(await within(45_000, call)).toEqual(GONE)
      await page.loaded()
      expect(await callTwice(rpc, 'add', [1, 2])).toBe(3)
      const seen = await page.ask<{ readonly data: string; readonly ports: number }[]>({ do: 'seen' })
      expect(isNear ? seen.filter(({ ports }) => ports) : []).toEqual([])
    }
  })

  test('before anybody took the ports leaves nothing in the window', async () => {
    const { page, heard } = await openNear()
    for (let round = 0; round < 40; round++) {
      const rpc = connectTo(page)
      const known = heard.length
      if (round % 2) await until(() => heard.length > known)
      rpc.destroy()
    }
    expect(await connectTo(page).invoke('add', [1, 2])).toBe(3)
    expect(waitingIn(page)).toBe(0)
    expect((globalThis as Realm)[PLACE]?.size ?? 0).toBe(0)
  })
})
