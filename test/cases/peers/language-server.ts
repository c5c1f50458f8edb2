/** A language server of a few methods, for an editor to start. */
import { stdioTransport } from '../../../src/adapters/stdio/stdio.ts'
import { lspDialect, RPC } from '../../../src/index.ts'

let text = ''
let isShutDown = false

const rpc = new RPC({
  transport: stdioTransport({
    readable: process.stdin,
    writable: process.stdout,
    framing: 'content-length',
  }),
  dialect: lspDialect,
  methods: {
    initialize: () => ({
      capabilities: { hoverProvider: true, textDocumentSync: 1 },
      serverInfo: { name: 'portcall' },
    }),
    initialized: () => {},
    'textDocument/didOpen': (params: { textDocument: { text: string } }) => {
      text = params.textDocument.text
    },
    'textDocument/hover': ({ position }: { position: { line: number } }) => ({
      contents: { kind: 'plaintext', value: text.split('\n')[position.line] },
    }),
    shutdown: (...params: unknown[]) => {
      isShutDown = true
      rpc.notify('window/logMessage', { type: 3, message: `shutdown with ${params.length} params` })
      return null
    },
    exit: () => process.exit(isShutDown ? 0 : 1),
  },
})
