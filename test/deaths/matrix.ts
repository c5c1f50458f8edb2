/** Runs the scenario for each kind of death of an environment, and notes what `scripts/deaths.mjs` makes a table of. */
import { describe, expect, type TestContext, test } from 'vitest'
import { type Endpoint, ErrorCode, type RPCInitOptions, type Transport } from '../../src/index.ts'
import { rejection, within } from '../contract/fixture.ts'
import { live, type Living, now, type Outcome, type Watched, watchedRPC } from './scenario.ts'

declare module 'vitest' {
  interface TaskMeta {
    death?: Row
  }
}

/** One line of the table. */
export interface Row {
  readonly environment: string
  readonly death: string
  readonly engine: string
  readonly reconnects: boolean
  readonly found: string
  /** What a rejected call says. */
  readonly reason: string
  /** Milliseconds of each round. */
  readonly ms: readonly number[]
}

/** A connection whose other side is there. */
export interface Scene {
  /** What an RPC here is made of; or it is made already. Default: `live` says where everything happens. */
  readonly at?: Transport | Endpoint | Watched
  /** Let everything begin elsewhere. */
  readonly live?: () => Promise<Living>
  /** Listeners of ours that are left on the host's object. Default: there is none to count. */
  readonly listeners?: () => number
  /** The other side, where it lives on and can be looked into. */
  readonly far?: Watched
  /** Wait until the death can be found out. */
  readonly ready?: () => Promise<unknown>
  readonly end: () => unknown
}

export interface Death<S extends Scene> {
  readonly die: (scene: S, watched: Watched) => unknown
  /** By what it is found out. */
  readonly found: string
  /** What a call says then. Default: what does for `found`, if it is one of those below. */
  readonly says?: RegExp
  /**
   * A successor comes by itself, or this brings it: then new calls work, those that it returns or else those of the same
   * RPC. Default: calls reject at once.
   */
  readonly reconnects?: true | ((scene: S) => unknown)
  readonly options?: Omit<RPCInitOptions, 'transport'>
  /** It takes long: once is enough when nobody measures. */
  readonly slow?: true
}

const sayings: Readonly<Record<string, RegExp>> = {
  'its goodbye': /closed over there/,
  'the call is overheard': /was terminated/,
  'the Web Lock that the worker holds': /the worker has ended/,
  'the Web Lock that it holds': /the other side is gone/,
  'it says that it leaves': /left the bus|closed over there/,
  '`close` of the socket': /WebSocket was closed/,
  '`close` of the channel': /channel was closed/,
  '`close` of the port': /port was closed/,
}

const measured = Number((import.meta as { env?: Record<string, string> }).env?.['VITE_PORTCALL_DEATHS'] ?? 0)

/** Milliseconds that a single step may take on a busy machine. */
export const PATIENCE = measured ? 60_000 : 14_000

/** How often each death is died: the number that is asked for, or `otherwise`. */
export const rounds = (otherwise: number): number => measured || otherwise

const inBrowser = typeof document !== 'undefined'

/** `Chromium 150`, `Firefox 140`, `Node 20`. */
const engine = ((): string => {
  if (!inBrowser) return `Node ${process.versions.node.split('.')[0]}`
  const [, name = '', version] = /(Firefox|Chrome)\/(\d+)/.exec(navigator.userAgent) ?? []
  return `${name.replace('Chrome', 'Chromium')} ${version}`
})()

/** Everything settled PEER_GONE, and nothing is kept. */
export function expectEnded({ codes, returned, afterwards, open }: Outcome): void {
  const { PEER_GONE } = ErrorCode
  expect({ codes, returned, afterwards }).toEqual({
    codes: Array(13).fill(PEER_GONE),
    returned: 1,
    afterwards: [PEER_GONE, PEER_GONE, true],
  })
  expect(open).not.toBe(true)
}

export function note({ task }: TestContext, row: Omit<Row, 'engine'>): void {
  task.meta.death = { ...row, engine }
}

const idsOf = (environment: string): string => {
  if (/iframe|popup/.test(environment)) return 'S46, S47'
  return /a worker|Node thread/.test(environment) ? 'S43' : 'S48'
}

export function matrix<S extends Scene>(
  environment: string,
  open: () => S | Promise<S>,
  deaths: Readonly<Record<string, Death<S>>>,
): void {
  const all = Object.entries(deaths)
  describe(`death in ${environment}`, () => {
    test.for(all)(
      `${idsOf(environment)}: %s: 10 calls, 2 streams and 3 references end PEER_GONE, and nothing is left`,
      { timeout: measured ? 600_000 : 60_000 },
      async ([name, death], context) => {
        const ms: number[] = []
        let reason = ''
        for (let left = rounds(death.slow || inBrowser ? 1 : 2); left > 0; left--) {
          const outcome = await dieOnce(open, death)
          ms.push(outcome.ms)
          reason = outcome.reason
        }
        const { found, reconnects } = death
        expect(ms.length).toBeGreaterThan(0)
        note(context, { environment, death: name, reconnects: reconnects !== undefined, found, reason, ms })
      },
    )
  })
}

const toWatched = (at: NonNullable<Scene['at']>, options?: Death<Scene>['options']): Watched =>
  'rpc' in at ? at : watchedRPC({ connectTimeout: PATIENCE, ...options, transport: at })

const lockNames = async (): Promise<readonly string[]> => {
  const { held = [], pending = [] } = inBrowser ? ((await navigator.locks?.query()) ?? {}) : {}
  return [...held, ...pending].flatMap(({ name = '' }) => (name.startsWith('portcall:') ? [name] : []))
}

async function dieOnce<S extends Scene>(
  open: () => S | Promise<S>,
  { die, reconnects, options, found, says = sayings[found] ?? /./ }: Death<S>,
): Promise<Outcome & { readonly ms: number }> {
  const locksBefore = await lockNames()
  const scene = await within(PATIENCE, Promise.resolve(open()))
  const { at, far, listeners, ready, end } = scene
  const watched = toWatched(at ?? new MessageChannel().port1, options)
  const { rpc, isOpen } = watched
  let outcome: Outcome & { readonly ms: number }
  try {
    const { settled } = await within(PATIENCE, scene.live?.() ?? live(watched))
    await ready?.()
    expect(at && isOpen()).not.toBe(false)
    const died = now()
    void die(scene, watched)
    const ended = await within(PATIENCE, settled)
    // The clocks of two contexts differ a little.
    outcome = { ...ended, ms: Math.max(0, ended.at - died) }
    expectEnded(outcome)
    expect(outcome.reason).toMatch(says)
    await expect.poll(() => far?.isOpen() ?? false, { timeout: PATIENCE }).toBe(false)
    const ask = typeof reconnects === 'function' ? await reconnects(scene) : undefined
    const count = typeof ask === 'function' ? (ask as () => unknown) : () => rpc.invoke('count')
    const later = reconnects ? again(count) : at && rejection(rpc.invoke('count')).then(codeOf)
    expect(await within(PATIENCE, Promise.resolve(later))).toBe(reconnects ? 0 : at && ErrorCode.PEER_GONE)
    rpc.destroy()
    expect(listeners?.() ?? 0).toBe(0)
  } finally {
    rpc.destroy()
    await end()
  }
  const newLocks = async (): Promise<readonly string[]> =>
    (await lockNames()).filter((name) => !locksBefore.includes(name))
  await expect.poll(newLocks, { timeout: PATIENCE }).toEqual([])
  return outcome
}

const codeOf = (error: unknown): unknown => Reflect.get(Object(error), 'code')

// What is called while nobody is there is lost, and says so.
async function again(count: () => unknown): Promise<unknown> {
  const end = performance.now() + PATIENCE
  for (;;) {
    try {
      return await count()
    } catch (error) {
      if (codeOf(error) !== ErrorCode.PEER_GONE || performance.now() > end) throw error
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }
}
