/** A worker with two channels and a connection of its own beside them. */
import { channelTransport, RPC } from '../../../src/index.ts'

const scope = globalThis as unknown as Worker
const hang = (): Promise<never> => new Promise(() => {})

new RPC({ transport: scope, methods: { name: () => 'no channel', hang } })
for (const name of ['files', 'events'])
  new RPC({
    transport: channelTransport(scope, name),
    methods: { name: () => name, hang, add: (a: number, b: number) => a + b },
  })
