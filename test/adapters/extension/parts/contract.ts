/** Runs the contract in the part of the browser that loads it, as the address says, and leaves the outcome in the document. */
import { startTests } from 'vitest/internal/browser'
import { extensionTransport, type PortLike } from '../../../../src/entries/extension.ts'
import type { RPC } from '../../../../src/index.ts'
import type { Connection } from '../../../contract/fixture.ts'
import { contract } from '../../../contract/suite.ts'
import { bare } from '../../../windows/medium.ts'
import type { Chrome } from '../chrome.ts'
import type { Outcome } from '../outcome.ts'

declare const chrome: Chrome

type Connecting = (name: string) => PortLike | Promise<PortLike>

const [, way = '', name = '', where = ''] = decodeURIComponent(location.hash).split('|')

/** How this part comes to a port. */
const ways: Record<string, Connecting> = {
  runtime: (name) => chrome.runtime.connect({ name }),
  external: (name) => chrome.runtime.connect(where, { name }),
  tab: async (name) => {
    const [tab] = await chrome.tabs.query({ url: where })
    return chrome.tabs.connect(tab?.id ?? -1, { name })
  },
  // From the background worker, which is asked to.
  accepted: (name) =>
    new Promise((resolve) => {
      const accept = (port: PortLike): void => {
        chrome.runtime.onConnect.removeListener(accept)
        resolve(port)
      }
      chrome.runtime.onConnect.addListener(accept)
      void chrome.runtime.sendMessage(name)
    }),
}

const config: Parameters<typeof startTests>[1]['config'] = {
  root: '/',
  name: undefined,
  setupFiles: [],
  passWithNoTests: false,
  testNamePattern: undefined,
  allowOnly: false,
  sequence: { seed: 1, hooks: 'stack', setupFiles: 'list' },
  chaiConfig: undefined,
  maxConcurrency: 1,
  testTimeout: 60_000,
  hookTimeout: 60_000,
  retry: 0,
  includeTaskLocation: false,
  tags: [],
  tagsFilter: undefined,
  strictTags: false,
}

// What `expect` asks for.
Object.assign(globalThis, { __vitest_worker__: { config: { expect: {} } } })

interface Task {
  readonly name: string
  readonly tasks?: readonly Task[]
  readonly result?: { readonly state: string; readonly errors?: readonly { readonly message: string }[] }
}

const outcomeOf = ({ name, tasks, result }: Task): Outcome => ({
  name,
  state: result?.state ?? 'never ran',
  errors: result?.errors?.map(({ message }) => message) ?? [],
  ...(tasks && { tasks: tasks.map(outcomeOf) }),
})

interface Ported extends Connection {
  readonly listeners: Set<object>
}

/** The same port, that knows who listens. */
function countOn(port: PortLike, listeners: Set<object>): PortLike {
  const counted = <L extends object>(event: {
    addListener(listener: L): void
    removeListener(listener: L): void
  }): typeof event => ({
    addListener: (listener) => {
      listeners.add(listener)
      event.addListener(listener)
    },
    removeListener: (listener) => {
      listeners.delete(listener)
      event.removeListener(listener)
    },
  })
  return {
    name: port.name,
    sender: port.sender,
    postMessage: (message) => port.postMessage(message),
    disconnect: () => port.disconnect(),
    onMessage: counted(port.onMessage),
    onDisconnect: counted(port.onDisconnect),
  }
}

async function run(connecting: Connecting): Promise<Outcome> {
  const connect = async (kind: string): Promise<Ported> => {
    const port = await connecting(kind)
    const listeners = new Set<object>()
    const transport = bare(extensionTransport(countOn(port, listeners)))
    return { transport, listeners, close: () => port.disconnect() }
  }
  const deaths = {
    'the other side disconnects': {
      says: /the extension port was disconnected/,
      die: ({ rpc }: { readonly rpc: RPC }) => rpc.notify('disconnect'),
    },
  }
  const trusted = location.protocol === 'chrome-extension:' && way === 'runtime'
  // What this side has made is a port without a sender, so it takes no stacks.
  const traits = {
    text: true,
    deaths,
    trusted,
    trusts: false,
    listeners: ({ listeners }: Ported) => listeners.size,
  }
  const importFile = (): void => contract(name, connect, traits)
  const [file] = await startTests(['contract'], { config, importFile })
  return outcomeOf(file as Task)
}

const tell = (outcome: Outcome): void => {
  document.documentElement.dataset['outcome'] = JSON.stringify(outcome)
}

const connecting = ways[way]
if (connecting)
  run(connecting).then(tell, (error: Error) =>
    tell({ name, state: 'fail', errors: [error.message, String(error.stack)] }),
  )
