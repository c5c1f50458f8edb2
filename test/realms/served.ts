/** What a realm serves that has little more than the language. It uses nothing of a platform by itself. */
import {
  callContext,
  type Endpoint,
  proxy,
  RPC,
  type RPCInvokeOptions,
  type Transport,
  transfer,
} from '../../src/index.ts'

/** What a platform gives, and the language's youngest. */
export const NAMES: readonly string[] = [
  'setTimeout',
  'clearTimeout',
  'setInterval',
  'clearInterval',
  'queueMicrotask',
  'crypto',
  'AbortController',
  'AbortSignal',
  'DOMException',
  'structuredClone',
  'console',
  'TextEncoder',
  'TextDecoder',
  'URL',
  'URLSearchParams',
  'Headers',
  'performance',
  'MessageChannel',
  'MessagePort',
  'BroadcastChannel',
  'Blob',
  'File',
  'ReadableStream',
  'WritableStream',
  'TransformStream',
  'EventTarget',
  'Event',
  'atob',
  'btoa',
  'SharedArrayBuffer',
  'WeakRef',
  'FinalizationRegistry',
]

type Call = (...args: unknown[]) => unknown

interface SignalOf {
  readonly aborted: boolean
  readonly reason?: unknown
  addEventListener(type: 'abort', listener: () => void): void
  removeEventListener(type: 'abort', listener: () => void): void
}

/** How it aborts, in words. */
const told = (signal: SignalOf): Promise<string> =>
  new Promise((resolve) => {
    const tell = (): void => resolve(`${(signal.reason as Error | undefined)?.name}`)
    if (signal.aborted) tell()
    else signal.addEventListener('abort', tell)
  })

/** What is thrown or rejected, in words. */
const failure = async (step: () => unknown): Promise<string> => {
  try {
    return `nothing: ${String(await step())}`
  } catch (error) {
    const { name, message, code } = error as Error & { readonly code?: unknown }
    return `${name} ${typeof code === 'number' ? code : ''}: ${message}`
  }
}

/** A realm's own RPC, over what it can post to. */
export function serve(transport: Transport | Endpoint, lacksTransfer = false): RPC {
  const aborts: string[] = []
  let ended = 0
  const rpc: RPC = new RPC({
    transport,
    methods: {
      seenEarly: () => seen,
      lacks: () => NAMES.filter((name) => !(name in globalThis)),
      uuid: () => RPC.uuid(),
      add: (a: number, b: number) => a + b,
      echo: (value: unknown) => value,
      fail: () => {
        throw new RangeError('in the realm', { cause: new TypeError('why') })
      },
      throwThis: (value: unknown) => {
        throw value
      },
      // There and back.
      relay: (method: string, ...args: unknown[]) => rpc.invoke(method, args),
      relayWith: (options: RPCInvokeOptions, method: string, ...args: unknown[]) =>
        failure(() => rpc.invoke(method, args, options)),
      relayNotice: (method: string, ...args: unknown[]) => rpc.notify(method, args),
      relayBatch: () => rpc.batch((call) => [call('double', [1]), call('double', [2])]),
      connects: (ms: number) => failure(() => rpc.connect(ms)),
      makes: (options: object) =>
        failure(() => new RPC({ transport: { post() {}, listen() {}, close() {} }, ...options })),
      callWith: (fn: Call, ...args: unknown[]) => fn(...args),
      failureOf: (fn: Call) => failure(fn),
      adder: (by: number) => (n: number) => n + by,
      counter: () => proxy({ n: 0, up: (by: number) => by + 1 }),
      async *count(to: number) {
        for (let n = 1; n <= to; n++) yield n
      },
      *countSync(to: number) {
        for (let n = 1; n <= to; n++) yield n
      },
      // Each item takes a millisecond of work.
      async *spin(to: number) {
        for (let n = 0; n < to; n++) {
          const end = Date.now() + 1
          while (Date.now() < end);
          yield { n }
        }
      },
      async *endless() {
        try {
          for (let n = 1; ; n++) yield n
        } finally {
          ended++
        }
      },
      ended: () => ended,
      sum: async (numbers: AsyncIterable<number>) => {
        let sum = 0
        for await (const n of numbers) sum += n
        return sum
      },
      kindsOf: async (values: AsyncIterable<unknown>) => {
        const kinds: string[] = []
        for await (const value of values) kinds.push(Object.prototype.toString.call(value))
        return kinds.join()
      },
      firstOf: async (numbers: AsyncIterable<number>) => {
        for await (const n of numbers) return n
        return undefined
      },
      readable: () =>
        new ReadableStream({
          start(controller) {
            for (const text of ['a', 'b']) controller.enqueue(text)
            controller.close()
          },
        }),
      hang: async () => {
        const { signal } = callContext()
        aborts.push(await told(signal))
        signal.throwIfAborted()
      },
      aborts: () => aborts,
      waitFor: (signal: SignalOf) => told(signal),
      // The peer's signal, or that of this call, goes back to the peer.
      relaySignal: (signal: SignalOf) => rpc.invoke('waitFor', [signal]),
      relayOwnSignal: () => rpc.invoke('waitFor', [callContext().signal]),
      hangThere: (signal: SignalOf) => failure(() => rpc.invoke('hang', [], { signal })),
      take: (buffer: ArrayBuffer) => buffer.byteLength,
      give: (size: number) => {
        const buffer = new ArrayBuffer(size)
        return transfer(buffer, [buffer])
      },
      // What was moved away is no longer here.
      giveAway: (size: number) => {
        const buffer = new ArrayBuffer(size)
        return rpc.invoke('take', [transfer(buffer, [buffer])]).then((length) => [length, buffer.byteLength])
      },
      kindOf: (value: unknown) => Object.prototype.toString.call(value),
    },
  })
  // Before there is a connection: what it was at the call arrives.
  const early = {
    n: 1,
    list: [{ n: 1 }],
    map: new Map([[1, { n: 1 }]]),
    buffer: new ArrayBuffer(8),
  }
  const seen = rpc.invoke('early', [early], lacksTransfer ? {} : { transfer: [early.buffer] }).catch(failure)
  early.n = 2
  early.list[0] = { n: 2 }
  early.list.push({ n: 3 })
  return rpc
}
