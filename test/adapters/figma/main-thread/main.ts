/** A plugin's main thread: it has `figma`, the language, the console and timers. */
import { figmaTransport, type FigmaUI } from '../../../../src/adapters/figma/figma.ts'
import { RPC } from '../../../../src/index.ts'

const { figma } = globalThis as unknown as { readonly figma: { readonly ui: FigmaUI } }

const rpc = new RPC({
  transport: figmaTransport(figma.ui),
  methods: {
    add: (a: number, b: number) => a + b,
    echo: (value: unknown) => value,
    fail() {
      throw new RangeError('in the main thread')
    },
    relay: (method: string, ...args: unknown[]) => rpc.invoke(method, args, { timeout: 45_000 }),
    callWith: (fn: (n: number) => unknown, n: number) => fn(n),
    async *count(to: number) {
      for (let n = 1; n <= to; n++) yield n
    },
  },
})
