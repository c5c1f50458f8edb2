import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { lspDialect, RPC, withOptions } from 'portcall'
import { stdioTransport } from 'portcall/stdio'
import type { Diagnostics, LanguageServer } from './protocol.js'

const program = createRequire(import.meta.url).resolve(
  'vscode-langservers-extracted/bin/vscode-json-language-server',
)
const child = spawn(process.execPath, [program, '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] })
const exited = once(child, 'exit')

const rpc = new RPC({
  transport: stdioTransport({ readable: child.stdout, writable: child.stdin, framing: 'content-length' }),
  dialect: lspDialect, // an aborted call is cancelled in LSP's way
})
const server = rpc.remote<LanguageServer>({ params: 'by-name', separator: '/' })
// The same, for what the server does not answer.
const tell = withOptions(server, { isNotify: true })

// What the server tells us: its methods here have its names.
const checked = new Promise<Diagnostics>((resolve) => {
  rpc.registerMethod('textDocument/publishDiagnostics', (found: Diagnostics) => {
    if (found.diagnostics.length) resolve(found)
  })
})

const { capabilities } = await server.initialize({
  processId: process.pid,
  rootUri: null,
  capabilities: { textDocument: { completion: {}, hover: { contentFormat: ['markdown'] } } },
  initializationOptions: { provideFormatter: true },
})
console.log('hovers:', capabilities.hoverProvider)
await tell.initialized({})

const schema = {
  type: 'object',
  properties: {
    port: { type: 'number', description: 'Where the server listens.' },
    host: { type: 'string', description: 'Its name.' },
  },
}
await tell.workspace.didChangeConfiguration({
  settings: {
    json: {
      validate: { enable: true },
      format: { enable: true },
      schemas: [{ url: 'example://schema.json', fileMatch: ['settings.json'], schema }],
    },
  },
})

const uri = 'file:///project/settings.json'
const text = '{"port":"80"}'
await tell.textDocument.didOpen({ textDocument: { uri, languageId: 'json', version: 1, text } })
for (const { message, range } of (await checked).diagnostics)
  console.log(`${range.start.line + 1}:${range.start.character + 1} ${message}`)

// Calls take the options of other remotes, too.
const hover = await withOptions(server, { timeout: 20_000 }).textDocument.hover({
  textDocument: { uri },
  position: { line: 0, character: 3 },
})
console.log(hover?.contents.join())

const { items } = await server.textDocument.completion({
  textDocument: { uri },
  position: { line: 0, character: 1 },
})
console.log('completions:', items.map(({ label }) => label).join())

const edits = await server.textDocument.formatting({
  textDocument: { uri },
  options: { tabSize: 2, insertSpaces: true },
})
console.log(`${edits.length} edits`)

console.log('shut down:', await server.shutdown())
await tell.exit()
const [code] = await exited
console.log('exit code', code)
rpc.destroy()
