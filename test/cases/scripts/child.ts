/** A forked process that serves its parent. */
import { processTransport } from '../../../src/adapters/process/process.ts'
import { RPC } from '../../../src/index.ts'

new RPC({
  transport: processTransport(process as never),
  methods: { find: () => undefined, none: () => null },
})
