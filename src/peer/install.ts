/** Installs the features of a peer: composes their wrappers, and collects what they announce, answer and obey. */
import { isThenable } from '../protocol/guards.ts'
import type { IncomingCall } from './context.ts'
import type { Feature, Hooks, Peer, Step } from './seam.ts'

/** What is announced, and what obeys a notification or answers a request. */
export type Installed = readonly [
  capabilities: readonly string[],
  noticeOf: (call: IncomingCall) => Step | undefined,
  requestOf: (call: IncomingCall) => Step | undefined,
]

type Table = Map<string, readonly [among: readonly string[] | undefined, step: Step]>

const wrongUse = (): TypeError =>
  new TypeError('`use` takes features, all of one copy of portcall: use: [references, signals]')

/**
 * The order of the list does not matter, and a feature that is in it twice is installed once: wrappers stand by their rank,
 * those of one rank in the order of the list.
 * @throws TypeError for what is no feature, and for two features of one name: they are of two copies of portcall.
 */
export function installFeatures(peer: Peer, kernel: Hooks): Installed {
  const installed = new Map<unknown, Hooks>()
  const install = (feature: unknown): Hooks => {
    let hooks = installed.get(feature)
    if (!hooks) {
      if (typeof feature !== 'function') throw wrongUse()
      hooks = (feature as Feature)(peer, peer.options as never) ?? {}
      if (typeof hooks !== 'object' || isThenable(hooks)) throw wrongUse()
      installed.set(feature, hooks)
    }
    return hooks
  }
  peer.need = (feature) => install(feature).face as never
  peer.features.forEach(install)

  const all = Array.from(installed.values()).sort((a, b) => (a.rank ?? 0) - (b.rank ?? 0))
  const names = new Set<string>()
  peer.has = (name) => names.has(name)
  const capabilities: string[] = []
  const requests: Table = new Map()
  const notices: Table = new Map()
  const collect = (table: Table, steps: Record<string, Step> = {}, among: Hooks['among']): void => {
    for (const method of Object.keys(steps)) table.set(method, [among, steps[method] as Step])
  }
  for (const hooks of [kernel, ...all]) {
    const { name, among } = hooks
    if (name && names.size === names.add(name).size) throw wrongUse()
    capabilities.push(...(hooks.capabilities ?? []))
    collect(requests, hooks.requests as never, among)
    collect(notices, hooks.notices as never, among)
  }
  for (const { around = {}, rank } of all.reverse())
    for (const point of Object.keys(around)) {
      const wrap = around[point as 'ask']
      if (!wrap) continue
      const wrapped = wrap(peer[point as 'ask'])
      // A user's that throws is a call that fails.
      peer[point as 'ask'] =
        point === 'call' && rank === undefined
          ? (...args) => new Promise((resolve) => resolve(wrapped(...args)))
          : wrapped
    }

  const find =
    (table: Table) =>
    ({ method, params = [] }: IncomingCall): Step | undefined => {
      const [among, step] = table.get(method) ?? []
      return !among || (Array.isArray(params) && among.some(peer.can)) ? step : undefined
    }
  return [capabilities, find(notices), find(requests)]
}
