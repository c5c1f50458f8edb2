import { endpointTransport, RPC, type RPCInitOptions } from '../../src/index.ts'

/** An RPC with the test that has forked this process. */
export function parentRPC(methods: NonNullable<RPCInitOptions['methods']>): RPC {
  // Nobody is to outlive its test.
  process.on('disconnect', () => process.exit())
  const endpoint = {
    postMessage: (message: unknown): void => void process.send?.(message),
    on: process.on.bind(process),
    off: process.off.bind(process),
  }
  return new RPC({ transport: endpointTransport(endpoint), plain: true, methods })
}
