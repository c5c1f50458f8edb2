import { processTransport } from '../../../../src/adapters/process/process.ts'
import { RPC } from '../../../../src/index.ts'
import { largeMethods } from '../../large-methods.ts'

new RPC({ transport: processTransport(process, { maxBuffered: 1_000_000 }), methods: largeMethods })
