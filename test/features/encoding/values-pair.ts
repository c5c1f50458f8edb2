import { type LinkedPairOptions, linkedPair } from '../../../src/testing.ts'
import { type Remote, RPC } from '../../../src/index.ts'

export { get, proxy, release, RPC, RPCError, set, transfer } from '../../../src/index.ts'

interface Api {
  count(to: number): AsyncIterable<number>
}

export interface Linked extends Disposable {
  readonly client: RPC
  readonly server: RPC
  readonly remote: Remote<Api>
}

export function linked(options: LinkedPairOptions = {}): Linked {
  const { left, right } = linkedPair({ trusted: true, ...options })
  const client = new RPC({ transport: left })
  const server = new RPC({ transport: right })
  return {
    client,
    server,
    remote: client.remote<Api>(),
    [Symbol.dispose]: () => {
      client.destroy()
      server.destroy()
    },
  }
}
