import { type Framing } from '../../../../src/adapters/stdio/framing.ts'
import { stdioTransport } from '../../../../src/adapters/stdio/stdio.ts'
import type { Transport } from '../../../../src/index.ts'

/** This process's own stdio, in the framing that its argument says. */
export const own = (): Transport =>
  stdioTransport({
    readable: process.stdin,
    writable: process.stdout,
    framing: process.argv[2] as Framing,
  })
