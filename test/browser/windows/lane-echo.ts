/** A worker with two lanes and a connection of its own beside them. */
import { channelTransport, RPC } from '../../../src/index.ts'

const scope = globalThis as unknown as Worker
const hang = (): Promise<never> => new Promise(() => {})

new RPC({ transport: scope, methods: { name: () => 'no lane', hang } })
for (const name of ['files', 'events'])
  new RPC({ transport: channelTransport(scope, name), methods: { name: () => name, hang } })
