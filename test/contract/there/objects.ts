import { get, proxy, release, type Remote, type RPC, set } from '../../../src/index.ts'
import { describeError } from './errors.ts'

/** Has all that a class can have. */
export class Counter {
  static made = 0
  static from(text: string): number {
    return Number(text)
  }
  static _secret(): string {
    return 'secret'
  }

  #n: number
  label = 'a counter'
  _hidden = 'hidden'

  constructor(n = 0) {
    this.#n = n
    Counter.made++
  }

  increment(by = 1): number {
    return (this.#n += by)
  }

  _reset(): void {
    this.#n = 0
  }

  get value(): number {
    return this.#n
  }

  set value(n: number) {
    this.#n = n
  }

  get double(): number {
    return this.#n * 2
  }
}

type RemoteCounter = Remote<Counter>

export const tools = () => ({
  math: { add: (a: number, b: number) => a + b, more: { negate: (n: number) => -n } },
  settings: { size: 3 },
  title: 'tools',
})

const describe = (step: Promise<unknown>): Promise<unknown> =>
  step.then((value) => ({ resolved: value }), describeError)

export const objectMethods = (rpc: () => RPC) => {
  const own = new Counter(100)
  let kept: object | undefined
  return {
    Counter,
    counter: (n: number) => proxy(new Counter(n), { writable: ['value', 'label', 'double'] }),
    own: () => proxy(own),
    isOwn: (value: unknown) => value === proxy(own),
    ownValue: () => own.value,
    tools: () => proxy(tools()),
    classes: () => ({ list: [proxy(Counter)] }),

    async use(counter: RemoteCounter) {
      await counter.increment()
      await counter.increment(10)
      await set(counter, 'label', 'set from afar')
      await set(counter, 'value', (await get<number>(counter, 'value')) * 2)
      return [await get(counter, 'label'), await get(counter, 'value'), await get(counter, 'double')]
    },
    async useTools(remote: Remote<ReturnType<typeof tools>>) {
      return [
        await remote.math.add(1, 2),
        await remote.math.more.negate(5),
        await get(remote, 'title'),
        (await get<{ size: number }>(remote, 'settings')).size,
      ]
    },
    negateBy: (more: Remote<{ negate(n: number): number }>, n: number) => more.negate(n),
    get: (remote: object, name: string) => describe(get(remote, name)),
    set: (remote: object, name: string, value: unknown) => describe(set(remote, name, value)),
    call: (remote: Record<string, () => Promise<unknown>>, name: string) =>
      describe(Promise.resolve(remote[name]?.())),
    async construct(Remote: Remote<typeof Counter>, n: number) {
      const made = await new Remote(n)
      return [await made.increment(), await Remote.from('12')]
    },
    /** Constructs the class that the caller exposes. */
    async constructExposed(n: number) {
      const { Exposed } = rpc().remote<{ Exposed: typeof Counter }>()
      return (await new Exposed(n)).increment()
    },
    keep: (value: object) => void (kept = value),
    isKept: (value: object) => kept === value,
    releaseKept: () => release(kept ?? {}),
    useKept: () => describe((kept as RemoteCounter).increment()),
  }
}

export type ObjectMethods = ReturnType<typeof objectMethods>
