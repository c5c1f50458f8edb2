import { callContext, type Endpoint, RPC, RPCError, type Transport } from '../../src/index.ts'
import { valueMethods } from './there/methods.ts'

/** What the contract suite finds on the other side, in every environment. It imports nothing of that environment. */
export function serve(transport: Transport | Endpoint, more: object = {}): RPC {
  const log: unknown[] = []
  const states: string[] = []
  const ends: unknown[] = []
  const started: string[] = []
  const fates = new Map<string, PromiseWithFate>()
  const fateOf = (name: string): PromiseWithFate => {
    const fate = fates.get(name) ?? promiseWithFate()
    fates.set(name, fate)
    return fate
  }

  const rpc = new RPC({
    transport,
    methods: {
      add: (a: number, b: number) => a + b,
      join: ({ first, second }: { first: string; second: string }) => `${first} ${second}`,
      count: (...args: unknown[]) => args.length,
      echo: (value: unknown) => value,
      nothing: () => undefined,
      size: (buffer: ArrayBuffer) => buffer.byteLength,

      refuse() {
        throw new RPCError(1234, 'refused', { data: { field: 'name' } })
      },
      async fail(message: string) {
        throw new Error(message)
      },
      throwZero() {
        // oxlint-disable-next-line typescript/only-throw-error -- the point
        throw 0
      },
      context() {
        const { method, params, id, origin } = callContext()
        return { method, params, hasId: id !== undefined, origin: origin === undefined ? 'none' : origin }
      },
      unsendable: () => ({ list: [1, { symbol: Symbol('x') }] }),

      /** Keeps the order in which requests and notifications were handled. */
      note: (entry: unknown) => log.push(entry),
      noted: () => log,

      /** Never answers; `fate` tells the code of the reason why its signal was aborted. */
      hang(name: string) {
        const { signal } = callContext()
        started.push(name)
        signal.addEventListener('abort', () => fateOf(name).settle(Reflect.get(signal.reason, 'code')))
        return new Promise(() => {})
      },
      fate: (name: string) => fateOf(name).promise,
      started: () => started,

      meet: meeting(),
      callBack: (count: number) => callAtOnce(rpc, count),
      bounce: async (left: number): Promise<number> =>
        left === 0 ? 0 : 1 + (await rpc.invoke<number>('bounce', [left - 1])),

      /** Calls a method of the caller and does not wait; `history` tells how it ended, and what onPeer said. */
      startCall(method: string) {
        rpc.invoke(method).then(
          () => ends.push('answered'),
          (error: unknown) => ends.push(Reflect.get(Object(error), 'code')),
        )
      },
      history: () => ({ states, ends }),
      leave: () => rpc.destroy(),
      ...valueMethods(() => rpc),
      ...more,
    },
  })
  rpc.onPeer((state) => states.push(state))
  return rpc
}

/** Answers nobody until `count` calls have come, then all of them, the last one first. */
export function meeting(): (value: number, count: number) => Promise<number> {
  const waiting: (() => void)[] = []
  return (value, count) =>
    new Promise((resolve) => {
      waiting.unshift(() => resolve(value * 2))
      if (waiting.length === count) for (const step of waiting.splice(0)) step()
    })
}

/** Call `meet` of the other side `count` times at once. */
export const callAtOnce = (rpc: RPC, count: number): Promise<number[]> =>
  Promise.all(Array.from({ length: count }, (_, i) => rpc.invoke<number>('meet', [i, count])))

interface PromiseWithFate {
  readonly promise: Promise<unknown>
  readonly settle: (value: unknown) => void
}

function promiseWithFate(): PromiseWithFate {
  let settle: PromiseWithFate['settle'] = () => {}
  const promise = new Promise((resolve) => (settle = resolve))
  return { promise, settle }
}
