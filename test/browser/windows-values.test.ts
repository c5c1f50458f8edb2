import { describe, expect, test } from 'vitest'
import { ErrorCode } from '../../src/index.ts'
import { atOnce, rejection, within } from '../contract/fixture.ts'
import { B, openFrame } from './windows/frames.ts'
import type { Noted } from './windows/protocol.ts'
import { connectTo, service, type Victim, until } from './windows/stage.ts'

const nested = (levels: number): object => {
  let value = {}
  for (let i = 1; i < levels; i++) value = { value }
  return value
}

/** An empty WebAssembly module: it may not leave its cluster of agents. */
const makeModule = (): WebAssembly.Module =>
  new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0))

describe.for([
  ['over the port of a window', false],
  ['over a raw window', true],
] as const)('S34: %s of another origin', ([, raw]) => {
  async function connect(maxDepth?: number): Promise<Victim & { readonly noted: () => Promise<Noted[]> }> {
    const page = openFrame(B, { starts: [{ ...service, raw }] })
    await page.loaded()
    const victim = connectTo(page, { raw }, maxDepth === undefined ? {} : { limits: { maxDepth } })
    await victim.rpc.connect()
    return { ...victim, noted: () => page.ask<Noted[]>({ do: 'noted' }) }
  }

  /** The session lives. */
  async function expectAlive({ rpc, states }: Victim): Promise<void> {
    expect(await rpc.invoke('add', [1, 2], { timeout: 45_000 })).toBe(3)
    expect(states).toEqual(['waiting', 'connected'])
  }

  test('a WebAssembly.Module, that cannot be read there, rejects by the deadline, and the receiver reports it', async () => {
    const victim = await connect()
    const lost = rejection(victim.rpc.invoke('echo', [makeModule()], { timeout: 300 }))
    const { code } = (await within(45_000, lost)) as { readonly code: number }
    expect([ErrorCode.UNDELIVERABLE, ErrorCode.TIMEOUT]).toContain(code)
    await expectAlive(victim)
    expect(await victim.noted()).toEqual([{ unreadable: '[object MessageEvent]' }])
  })

  test('1,000 levels arrive, and come back', async () => {
    const victim = await connect()
    const value = nested(1_000)
    expect(await victim.rpc.invoke('echo', [value])).toEqual(value)
  })

  test('2,500 levels, that Chromium would lose without a word, reject UNDELIVERABLE at once', async () => {
    const victim = await connect()
    for (const levels of [1_001, 2_500, 100_000])
      expect(await atOnce(rejection(victim.rpc.invoke('count', [nested(levels)])))).toMatchObject({
        code: ErrorCode.UNDELIVERABLE,
        message: expect.stringMatching(/nested deeper than 1000 levels/),
      })
    await expectAlive(victim)
    expect(await victim.noted()).toEqual([])
  })

  test('2,600 levels with the limit raised are lost or handled: the caller is told by its deadline', async () => {
    const victim = await connect(45_000)
    const call = victim.rpc.invoke('count', [nested(2_600)], { timeout: 300 })
    const outcome = await within(
      45_000,
      call.catch((error: unknown) => Reflect.get(Object(error), 'code')),
    )
    expect([1, ErrorCode.UNDELIVERABLE, ErrorCode.TIMEOUT]).toContain(outcome)
    await expectAlive(victim)
  })
})

test('S34: a message that is null, on the window and over the port, is ignored', async () => {
  const page = openFrame(B, { starts: [service] })
  await page.loaded()
  const victim = connectTo(page)
  await victim.rpc.connect()
  const met = victim.rpc.invoke('meet', [1, 2])
  for (const message of [null, undefined, 0, '', false]) {
    await page.ask({ do: 'say', message })
    await page.ask({ do: 'post', at: ['parent'], to: '*', message })
  }
  await victim.rpc.invoke('meet', [2, 2])
  expect(await met).toBe(2)
  expect(victim.diagnostics).toEqual([])
  expect(victim.states).toEqual(['waiting', 'connected'])
})

test('S34: what a child sends and this page cannot read is a diagnostic, and the session lives', async () => {
  const page = openFrame(B, { starts: [service] })
  await page.loaded()
  const victim = connectTo(page)
  await victim.rpc.connect()
  await page.ask({ do: 'say', message: 'a module' })
  await until(() => victim.diagnostics.length > 0)
  expect(victim.diagnostics.map(({ kind }) => kind)).toEqual(['unreadable'])
  expect(await victim.rpc.invoke('add', [1, 2])).toBe(3)
  expect(victim.states).toEqual(['waiting', 'connected'])
})
