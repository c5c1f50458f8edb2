/** One side of an honest connection that never stops to call while others attack it, and what became of it. */
import {
  type Diagnostic,
  type Endpoint,
  proxy,
  RPC,
  type RPCInitOptions,
  type Transport,
} from '../../../src/index.ts'
import { everythingIn } from './loot.ts'

/** Stands in everything that nobody but the peer may read. */
export const SECRET = 'only-for-the-peer'

export interface Report {
  /** Calls of a method of this side. Its peer makes none. */
  readonly called: readonly string[]
  /** Its own calls: how many were answered, and the codes of those that were not. */
  readonly answered: number
  readonly rejected: readonly unknown[]
  /** Answers that were not what the peer answers. */
  readonly wrong: readonly string[]
  readonly diagnostics: readonly string[]
  /** The most of them within one second. */
  readonly rate: number
  readonly states: readonly string[]
}

/** What a victim in a page or worker of its own reports. */
export interface FramedReport extends Report {
  readonly uncaught: readonly string[]
  readonly changed: readonly string[]
  /** Calls of what it exposes to somebody else. */
  readonly exposed: readonly string[]
}

export interface Victim {
  readonly rpc: RPC
  readonly report: () => Report
  readonly end: () => void
}

const told = ({ kind, about }: Diagnostic): string => `${kind} ${everythingIn(about)}`

function busiest(times: readonly number[]): number {
  let most = 0
  let first = 0
  for (const [last, time] of times.entries()) {
    while (time - (times[first] ?? time) >= 1_000) first++
    most = Math.max(most, last - first + 1)
  }
  return most
}

export function createVictim(transport: Transport | Endpoint, options: Partial<RPCInitOptions> = {}): Victim {
  const called: string[] = []
  const rejected: unknown[] = []
  const wrong: string[] = []
  const states: string[] = []
  const diagnostics: Diagnostic[] = []
  const times: number[] = []
  let answered = 0
  let isEnded = false
  const method =
    (name: string) =>
    (...args: unknown[]): void => {
      called.push(`${name} ${everythingIn(args)}`)
    }
  const vault = { _secret: SECRET, label: 'label', note: method('vault.note') }
  const rpc = new RPC({
    ...options,
    transport,
    methods: { add: method('add'), note: method('note'), math: { sum: method('math.sum') } },
    onDiagnostic: (event) => {
      // A busy machine starts the peer late.
      if (event.kind === 'waiting') return
      diagnostics.push(event)
      times.push(performance.now())
    },
  })
  rpc.onPeer((state) => states.push(state))

  const keepCalling = async (): Promise<void> => {
    for (let n = 0; !isEnded; n++)
      try {
        const value = { [SECRET]: n, vault: proxy(vault), tell: () => SECRET }
        const [number, text] = await Promise.all([
          rpc.invoke('add', [n, 1], { timeout: 45_000 }),
          rpc.invoke('echo', [`${SECRET} ${n}`], { timeout: 45_000 }),
          rpc.invoke('count', [value, new Map([[SECRET, n]])], { timeout: 45_000 }),
        ])
        if (number !== n + 1 || text !== `${SECRET} ${n}`) wrong.push(everythingIn([number, text]))
        answered++
        await new Promise((resolve) => setTimeout(resolve, 1))
      } catch (error) {
        rejected.push((error as { readonly code?: unknown }).code)
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
  }
  void keepCalling()

  return {
    rpc,
    report: () => ({
      called,
      answered,
      rejected: [...new Set(rejected)],
      wrong,
      diagnostics: [...new Set(diagnostics.map(told))],
      rate: busiest(times),
      states,
    }),
    end: () => {
      isEnded = true
      rpc.destroy()
    },
  }
}
