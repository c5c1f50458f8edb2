/** In a context: gives the test what serves with `portcall/core`. */
import { callContext, type Endpoint, references, RPC, signals, streams } from '../../src/core.ts'

const told = (signal: AbortSignal): Promise<string> =>
  new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve((signal.reason as Error).name))
  })

let aborts = ''

Object.assign(globalThis, {
  core: {
    serve: (port: Endpoint, isFull: boolean) =>
      new RPC({
        transport: port,
        ...(isFull && { use: [references, signals, streams] }),
        methods: {
          add: (a: number, b: number) => a + b,
          hang: async () => (aborts = await told(callContext().signal)),
          aborts: () => aborts,
          fail: () => {
            throw new Error('there')
          },
          callWith: (callback: (n: number) => unknown) => callback(1),
          async *count() {
            for (let n = 1; n <= 3; n++) yield n
          },
          waitFor: (signal: AbortSignal) => told(signal),
        },
      }),
  },
})
