/** A module worker in which our RPC answers, and calls the page when it is asked to. */
import { callContext, endpointTransport, RPC, RPCError } from '../../src/index.ts'
import { record } from '../interop/frames.ts'
import { type Errand, numbers, type Outcome, outcomeOf, toldBy } from './interop-told.ts'

const { transport, posted } = record(endpointTransport(self))
const heard: unknown[][] = []

const rpc = new RPC({
  ...toldBy(self.name),
  transport,
  methods: {
    add: (a: number, b: number) => a + b,
    greet: ({ name }: { name: string }) => `hello ${name}`,
    nothing: () => {},
    fail: () => {
      throw new RPCError(4711, 'no such file', { data: { path: '/x' } })
    },
    log: (...args: unknown[]) => void heard.push(args),
    heard: () => heard,
    wait: () => {
      const { signal } = callContext()
      rpc.notify('waiting')
      return new Promise((_, reject) =>
        signal.addEventListener('abort', () => {
          rpc.notify('cancelled')
          reject(signal.reason)
        }),
      )
    },
    errand: ({ method, params }: Errand): Promise<Outcome> => outcomeOf(rpc.invoke(method, params)),
    notifyMe: () => {
      rpc.notify('log', ['a', 1])
      rpc.notify('log', { text: 'b' })
      rpc.notify('log')
    },
    callAndCancel: (): Promise<Outcome> => {
      const controller = new AbortController()
      rpc.registerMethod('waiting', () => controller.abort(new Error('enough')))
      return outcomeOf(rpc.invoke('wait', null, { signal: controller.signal }))
    },
    burst: () => Promise.all(numbers.map((n) => rpc.invoke('add', [n, 1]))),
    posted: () => posted,
  },
})
