/** This page and a child of another origin that speak with each other, and strangers that interfere. */
import { expect } from 'vitest'
import {
  type Diagnostic,
  type FrameLike,
  type RPC,
  type RPCInitOptions,
  type WindowOptions,
  windowTransport,
} from '../../../src/index.ts'
import { start } from '../../contract/fixture.ts'
import { keepIn } from '../../late.ts'
import { B, type FrameOptions, type FramePage, HERE, openFrame, type Page } from './frames.ts'
import type { Noted, Post, Seen, Start } from './protocol.ts'
import { statesOf } from './states.ts'

/** An RPC of this page, and what it was made to do. */
export interface Victim {
  readonly rpc: RPC
  readonly states: string[]
  readonly diagnostics: Diagnostic[]
  /** Every call of a method here. */
  readonly called: unknown[]
}

export const service: Start = { kind: 'service', at: 'parent', origin: HERE }

/** Open a child that runs the service, or does not yet. */
export const openChild = (options: FrameOptions = { starts: [service] }): FramePage => openFrame(B, options)

/** Connect this page with a child. */
export function connectTo(
  child: { readonly element: FrameLike },
  options: WindowOptions = {},
  more: Partial<RPCInitOptions> = {},
): Victim {
  const called: unknown[] = []
  const diagnostics: Diagnostic[] = []
  const rpc = start({
    ...more,
    transport: windowTransport(child.element, { origin: B, ...options }),
    methods: {
      add: (...args: unknown[]) => called.push(args),
      note: (...args: unknown[]) => called.push(args),
    },
    onDiagnostic: keepIn(diagnostics),
  })
  return { rpc, states: statesOf(rpc), diagnostics, called }
}

type Attack = Pick<Post, 'message' | 'port'>

/**
 * All that a stranger can say, in the worst case: it knows the sessions and the ids of those who speak, and it greets with
 * a session that is greater and one that is less than any.
 */
export function attacks(sessions: readonly string[], ids: readonly (string | number)[]): Attack[] {
  const greetings = ['', 'ffffffff-ffff-4fff-bfff-ffffffffffff', ...sessions].flatMap((session) => [
    { session },
    ...sessions.map((re) => ({ session, re })),
  ])
  const connect = { jsonrpc: '2.0', method: 'rpc.connect' }
  return [
    ...greetings.flatMap((params): Attack[] => [
      { message: { ...connect, params } },
      { message: { ...connect, params }, port: 'params.port' },
      { message: { ...connect, params }, port: 'message' },
      {
        message: { ...connect, id: 1, params: { ...params, version: 1, capabilities: ['cancel', 'close'] } },
      },
    ]),
    ...ids.flatMap((id): Attack[] => [
      { message: { jsonrpc: '2.0', id, method: 'add', params: [6, 6] } },
      { message: { jsonrpc: '2.0', id, result: 'forged' } },
      { message: { jsonrpc: '2.0', id, error: { code: 1, message: 'forged' } } },
      { message: { jsonrpc: '2.0', method: 'rpc.cancel', params: [id] } },
    ]),
    { message: [{ jsonrpc: '2.0', id: 7, method: 'add', params: [6, 6] }] },
    { message: { jsonrpc: '2.0', method: 'note', params: ['forged'] } },
    { message: { jsonrpc: '2.0', method: 'rpc.close' } },
  ]
}

/** The sessions and ids that stand in what a page got. */
export async function secretsOf(page: Page): Promise<{ sessions: string[]; ids: (string | number)[] }> {
  const seen = await page.ask<Seen[]>({ do: 'seen' })
  const sessions = new Set<string>()
  const ids = new Set<string | number>([1, 2, 3])
  for (const { data } of seen) {
    const { id, params } = JSON.parse(data) as {
      id?: string | number
      params?: { session?: string; re?: string }
    }
    if (id !== undefined) ids.add(id)
    for (const session of [params?.session, params?.re]) if (session) sessions.add(session)
  }
  return { sessions: [...sessions], ids: [...ids] }
}

/** Let a stranger say all of it to this page and to a child of it, and wait until both have it. */
export async function attack(stranger: Page, child: Page, all: readonly Attack[]): Promise<void> {
  await shout(stranger, child, all)
  // This page has it all by now, as the stranger's answers came after it; the child may be slower.
  const message = { last: crypto.randomUUID() }
  await shout(stranger, child, [{ message }])
  await until(async () =>
    (await child.ask<Seen[]>({ do: 'seen' })).some(({ data }) => data.includes(message.last)),
  )
}

/** The same, whoever is there to hear it. */
export async function shout(stranger: Page, child: Page, all: readonly Attack[]): Promise<void> {
  const targets = [['parent'], ['parent', 'frames', indexOf(child)]]
  await Promise.all(
    all.flatMap((one) => targets.map((at) => stranger.ask({ ...one, do: 'post', at, to: '*' }))),
  )
}

/** Ask again and again, at most 45 seconds. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const late = performance.now() + 45_000
  while (!(await isSo())) {
    if (performance.now() > late) throw new Error('It did not come to pass within 45 s')
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

const indexOf = (page: Page): number => {
  for (let i = 0; i < window.length; i++) if (window[i] === page.window) return i
  throw new Error('It is not a frame of this page')
}

/** Nothing that a stranger said had an effect, and it got nothing. */
export async function expectUntouched(victim: Victim, child: Page, stranger: Page): Promise<void> {
  expect(await victim.rpc.invoke('add', [1, 2])).toBe(3)
  expect(await victim.rpc.invoke('noted')).toEqual([])
  expect(await victim.rpc.invoke('history')).toEqual({ states: ['waiting', 'connected'], ends: [] })
  expect(victim.called).toEqual([])
  expect(victim.states).toEqual(['waiting', 'connected'])
  expect(await stranger.ask({ do: 'seen' })).toEqual([])
  expect(await stranger.ask({ do: 'heard' })).toEqual([])
  expect(victim.diagnostics.filter(({ kind }) => kind !== 'refused')).toEqual([])
  expect((await child.ask<Noted[]>({ do: 'noted' })).filter((one) => !('refused' in one))).toEqual([])
}
