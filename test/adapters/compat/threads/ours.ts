/** A thread that runs portcall, over the port that it is given. */
import { type MessagePort, workerData } from 'node:worker_threads'
import { rpcShooterTransport } from '../../../../src/adapters/compat/compat.ts'
import { RPC } from '../../../../src/index.ts'

const { port } = workerData as { readonly port: MessagePort }
const rpc = new RPC({
  transport: rpcShooterTransport(port),
  plain: true,
  methods: {
    add: (a: number, b: number) => a + b,
    fail() {
      throw new RangeError('in the thread')
    },
    relay: (method: string, ...args: unknown[]) => rpc.invoke(method, args),
  },
})
