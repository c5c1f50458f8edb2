/** A content script, a page of an extension or a web page, that does what events of its document say. */
import { extensionTransport, type PortLike, serve } from '../../../../src/entries/extension.ts'
import { type PeerState, RPC } from '../../../../src/index.ts'
import type { Chrome } from '../chrome.ts'

declare const chrome: Chrome
/** Put before this script: its name, and the extension to connect to, '' for its own. */
declare const WHO: string
declare const TARGET: string

interface Channel {
  readonly rpc: RPC
  readonly states: PeerState[]
  readonly fates: object[]
}

const channels = new Map<string, Channel>()
const told: string[] = []
const attempts: number[] = []

const connect = (name: string): PortLike => {
  attempts.push(performance.now())
  return TARGET ? chrome.runtime.connect(TARGET, { name }) : chrome.runtime.connect({ name })
}

function channel(name: string): Channel {
  const existing = channels.get(name)
  if (existing) return existing
  const transport = extensionTransport(() => connect(name), { reconnect: { initial: 20, max: 300 } })
  const methods = { tell: (what: string) => told.push(what), who: () => document.title }
  const made: Channel = { rpc: new RPC({ transport, methods }), states: [], fates: [] }
  made.rpc.onPeer((state) => made.states.push(state))
  channels.set(name, made)
  return made
}

const fateOf = (error: unknown): object => {
  const { code, message, name, cause } = Object(error) as Error & { readonly code?: unknown }
  return { code, message, name, cause: cause instanceof Error ? cause.message : cause }
}

const commands = {
  invoke: (name: string, method: string, ...params: unknown[]) => channel(name).rpc.invoke(method, params),
  /** Over one port, which is not made anew; `to` another extension. */
  once: async (name: string, method: string, params: readonly unknown[] = [], to = TARGET) => {
    const port = to ? chrome.runtime.connect(to, { name }) : chrome.runtime.connect({ name })
    const rpc = new RPC({ transport: extensionTransport(port), connectTimeout: 1_000 })
    try {
      return await rpc.invoke(method, params)
    } finally {
      rpc.destroy()
      port.disconnect()
    }
  },
  fails: (name: string, method: string, ...params: unknown[]) =>
    channel(name)
      .rpc.invoke(method, params)
      .catch((error: unknown) => fateOf(error)),
  /** Calls what is never answered, and waits until it runs. */
  hang: async (name: string, what: string) => {
    const { rpc, fates } = channel(name)
    rpc.invoke('hang', [what]).catch((error: unknown) => fates.push(fateOf(error)))
    await rpc.invoke('ran')
  },
  state: (name: string) => ({ states: channel(name).states, fates: channel(name).fates }),
  told: () => told,
  size: (name: string, length: number) => channel(name).rpc.invoke('note', ['x'.repeat(length)]),
  attempts: () => attempts,
  id: () => String(chrome.runtime?.id),
  popup: () => chrome.action.openPopup(),
  /** Which takes away the pages of the extension. */
  reload: () => void setTimeout(() => chrome.runtime.reload()),
  destroy: (name: string) => channel(name).rpc.destroy(),
  serve: () => void serve({ title: () => document.title, where: () => location.pathname }, { port: 'tab' }),
  raw: (what: unknown) =>
    new Promise((resolve) => {
      const port = chrome.runtime.connect({ name: '' })
      port.onMessage.addListener(resolve)
      port.postMessage({ what })
    }),
}

const run = async (name: string, args: readonly unknown[]): Promise<unknown> =>
  (Reflect.get(commands, name) as (...args: readonly unknown[]) => unknown)(...args)

if (WHO === 'popup') void channel('app').rpc.invoke('note', ['the popup is open'])

document.addEventListener(`to ${WHO}`, (event) => {
  const { id, name, args } = JSON.parse((event as CustomEvent<string>).detail) as {
    readonly id: string
    readonly name: string
    readonly args: readonly unknown[]
  }
  const answer = (what: object): unknown =>
    document.dispatchEvent(new CustomEvent(id, { detail: JSON.stringify(what) }))
  run(name, args).then(
    (value) => answer({ value }),
    (error: unknown) => answer({ error: fateOf(error) }),
  )
})
document.documentElement.dataset[WHO] = 'ready'
