/** Ports that are handed over by reference, beside forged greetings and portcall 0.1.0. */
import { describe, expect, inject, onTestFinished, test } from 'vitest'
import { type RPC, windowTransport } from '../../src/index.ts'
import { start, within } from '../contract/fixture.ts'
import { type Library, load } from './copies/participant.ts'
import { callTwice } from './windows/dying.ts'
import { HERE, openFrame, type Page } from './windows/frames.ts'
import { connectTo, type Heard, isNear, listenTo, madeBy, openNear, realmOf } from './windows/near.ts'
import { secretsOf, service, until } from './windows/stage.ts'
import { statesOf } from './windows/states.ts'

const [server] = inject('origins')
const connect = { jsonrpc: '2.0', method: 'rpc.connect' }

describe('a key that is forged or used again', () => {
  /** Everything that the child's window may say to this one. */
  async function forge(page: Page, heard: readonly Heard[], port?: 'params.port'): Promise<void> {
    const { sessions } = await secretsOf(page)
    const keys = heard.map(({ params }) => params['near']).filter((near) => typeof near === 'string')
    const nears = ['forged', '', ...keys, true, 5, null, {}, [], { hears: 1 }, ['hears'], sessions]
    for (const near of nears)
      for (const re of [undefined, ...sessions])
        for (const session of ['0', 'z', ...sessions]) {
          const message = { ...connect, params: { session, near, ...(re !== undefined && { re }) } }
          await page.ask({ do: 'post', at: ['parent'], to: '*', message, ...(port && { port }) })
          window.postMessage(message, '*')
          page.window.postMessage(message, '*')
        }
  }

  test.for([undefined, 'params.port'] as const)(
    'has no effect on a live connection: beside %s',
    async (port) => {
      const { page, heard } = await openNear()
      const uncaught: unknown[] = []
      for (const target of [window, page.window])
        target.addEventListener('error', ({ error }) => uncaught.push(error))
      const rpc = connectTo(page)
      const states = statesOf(rpc)
      await rpc.connect()
      const met = rpc.invoke('meet', [1, 2])
      await forge(page, heard, port)
      await rpc.invoke('meet', [2, 2])
      expect(await met).toBe(2)
      expect(states).toEqual(['waiting', 'connected'])
      expect(await page.ask({ do: 'heard' })).toEqual([])
      expect(uncaught).toEqual([])
    },
  )

  test('does not keep a connection from being made', async () => {
    const page = openFrame(HERE)
    await page.loaded()
    const heard = listenTo(page)
    const rpc = connectTo(page)
    await until(() => heard.length > 0)
    const [re] = heard.map(({ params }) => params['session'])
    const message = { ...connect, params: { session: '0', re, near: 'forged' } }
    await page.ask({ do: 'post', at: ['parent'], to: '*', message })
    await page.ask({ do: 'start', start: service })
    expect(await callTwice(rpc, 'add', [1, 2])).toBe(3)
  })
})

describe('beside portcall 0.1.0', () => {
  const published = (): Promise<Library> => load(server, 'published', 1)

  /** Which side makes the channel is by chance: in so many rounds it was each of them. */
  const ROUNDS = 8

  test('here: it connects to a child that is newer, over a port that is posted', async () => {
    const { RPC: FormerRPC, windowTransport: formerTransport } = await published()
    const page = openFrame(HERE)
    await page.loaded()
    const heard = listenTo(page)
    for (let round = 0; round < ROUNDS; round++) {
      await page.ask({ do: 'start', start: service })
      const rpc = new FormerRPC({ transport: formerTransport(page.element) })
      onTestFinished(() => rpc.destroy())
      expect(await within(45_000, rpc.invoke('add', [1, 2]))).toBe(3)
      rpc.destroy()
      await page.ask({ do: 'stop' })
    }
    expect(madeBy(heard)).toEqual({ posted: ROUNDS, near: 0 })
  })

  test('there: a newer page connects to it, over a port that is posted', async () => {
    const page = openFrame(HERE)
    await page.loaded()
    const heard = listenTo(page)
    const copy = JSON.stringify(`${server}/copy.js?kind=published`)
    const startThere = (await realmOf(page).eval(`import(${copy}).then(({ RPC, windowTransport }) => () =>
      new RPC({ transport: windowTransport(parent), methods: { add: (a, b) => a + b } }))`)) as () => RPC
    for (let round = 0; round < ROUNDS; round++) {
      const there = startThere()
      const rpc = connectTo(page)
      expect(await within(45_000, rpc.invoke('add', [1, 2]))).toBe(3)
      rpc.destroy()
      there.destroy()
    }
    expect(madeBy(heard)).toEqual({ posted: ROUNDS, near: 0 })
  })

  test('there, beside a newer copy for another channel: each gets its own', async () => {
    const page = openFrame(HERE)
    await page.loaded()
    const heard = listenTo(page)
    await page.ask({ do: 'start', start: { ...service, channel: 'files' } })
    realmOf(page).eval(`import(${JSON.stringify(`${server}/copy.js?kind=published`)}).then((copy) => {
      copy.expose({ add: (a, b) => a + b }, copy.windowTransport(parent))
    })`)
    const files = start({ transport: windowTransport(page.element), channel: 'files' })
    expect(await files.invoke('add', [1, 2])).toBe(3)
    expect(await within(45_000, connectTo(page).invoke('add', [2, 2]))).toBe(4)
    expect(madeBy(heard)).toEqual(isNear ? { posted: 1, near: 1 } : { posted: 2, near: 0 })
  })
})
