/** A real language server, that has never heard of portcall: vscode-langservers-extracted 4.10.0. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { stdioTransport } from '../../../src/adapters/stdio/stdio.ts'
import { type Diagnostic, ErrorCode, lspDialect, RPC } from '../../../src/index.ts'
import { rejection, within } from '../../contract/fixture.ts'
import { keepIn } from '../../late.ts'

const packageOf = createRequire(import.meta.url).resolve('vscode-langservers-extracted/package.json')
const program = join(dirname(packageOf), 'bin/vscode-json-language-server')

interface Published {
  readonly uri: string
  readonly diagnostics: readonly { readonly message: string; readonly range: object }[]
}

const uri = 'file:///project/settings.json'

function run() {
  const child = spawn(process.execPath, [program, '--stdio'], { stdio: ['pipe', 'pipe', 'ignore'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const diagnostics: Diagnostic[] = []
  const published: Published[] = []
  const rpc = new RPC({
    transport: stdioTransport({ readable: child.stdout, writable: child.stdin, framing: 'content-length' }),
    dialect: lspDialect,
    onDiagnostic: keepIn(diagnostics),
    methods: {
      'textDocument/publishDiagnostics': (params: Published) => published.push(params),
      'client/registerCapability': () => null,
      'workspace/configuration': ({ items }: { items: unknown[] }) => items.map(() => null),
      'window/logMessage': () => {},
    },
  })
  onTestFinished(() => rpc.destroy())
  return { child, rpc, diagnostics, published }
}

const initialize = (rpc: RPC): Promise<{ capabilities: Record<string, unknown> }> =>
  rpc.invoke('initialize', {
    processId: process.pid,
    rootUri: null,
    capabilities: { textDocument: { hover: { contentFormat: ['markdown'] } } },
    initializationOptions: { provideFormatter: true },
  })

const didOpen = (rpc: RPC, text: string): void => {
  rpc.notify('initialized', {})
  rpc.notify('textDocument/didOpen', {
    textDocument: { uri, languageId: 'json', version: 1, text },
  })
}

const schema = {
  uri: 'portcall://schema.json',
  fileMatch: ['settings.json'],
  schema: {
    type: 'object',
    properties: { größe: { type: 'number', description: 'Wie groß: 5 € → \u{1F600}' } },
  },
}

const configure = (rpc: RPC): void =>
  rpc.notify('workspace/didChangeConfiguration', {
    settings: { json: { validate: { enable: true }, schemas: [{ ...schema, url: schema.uri }] } },
  })

const timeout = 60_000

test('initialize, didOpen, diagnostics, hover, formatting, shutdown and exit', { timeout }, async () => {
  const { child, rpc, diagnostics, published } = run()
  const { capabilities } = await initialize(rpc)
  expect(capabilities).toMatchObject({ hoverProvider: true, textDocumentSync: 2 })
  configure(rpc)
  didOpen(rpc, '{ "größe": "€\u{1F600}", }')
  await expect.poll(() => published.at(-1)?.diagnostics.length).toBeGreaterThan(1)
  const messages = published.at(-1)?.diagnostics.map(({ message }) => message)
  expect(published.at(-1)?.uri).toBe(uri)
  expect(messages).toContain('Trailing comma')
  expect(messages).toContain('Incorrect type. Expected "number".')
  const position = { line: 0, character: 4 }
  expect(await rpc.invoke('textDocument/hover', { textDocument: { uri }, position })).toMatchObject({
    contents: [expect.stringContaining('\u{1F600}')],
  })
  expect(
    await rpc.invoke('textDocument/formatting', {
      textDocument: { uri },
      options: { tabSize: 2, insertSpaces: true },
    }),
  ).toBeInstanceOf(Array)
  expect(await rpc.invoke('shutdown')).toBe(null)
  const exit = once(child, 'exit')
  rpc.notify('exit')
  expect(await within(45_000, exit)).toEqual([0, null])
  await expect
    .poll(() => rejection(rpc.invoke('x')))
    .toMatchObject({
      code: ErrorCode.PEER_GONE,
      message: expect.stringMatching(/the stream (ended|was closed)/),
    })
  expect(diagnostics).toEqual([])
})

test('an unknown method rejects with its code, and a cancel is told in LSP’s way', { timeout }, async () => {
  const { rpc, diagnostics } = run()
  await initialize(rpc)
  didOpen(rpc, JSON.stringify(Array.from({ length: 20_000 }, (_, i) => ({ [`name ${i}`]: i }))))
  expect(await rejection(rpc.invoke('no/such'))).toMatchObject({ code: ErrorCode.METHOD_NOT_FOUND })
  const controller = new AbortController()
  const symbols = rejection(
    rpc.invoke('textDocument/documentSymbol', { textDocument: { uri } }, { signal: controller.signal }),
  )
  controller.abort(new Error('never mind'))
  expect(await symbols).toMatchObject({ message: 'never mind' })
  // The server answers the cancelled one all the same, and goes on.
  const params = { textDocument: { uri }, position: { line: 0, character: 0 } }
  expect(await rpc.invoke('textDocument/hover', params)).toBe(null)
  await rpc.invoke('shutdown')
  expect(diagnostics.every(({ kind }) => kind === 'unexpected')).toBe(true)
})

test('S48: killed with calls pending, all of them reject', { timeout }, async () => {
  const { child, rpc } = run()
  await initialize(rpc)
  didOpen(rpc, JSON.stringify(Array.from({ length: 20_000 }, (_, i) => ({ [`name ${i}`]: i }))))
  const calls = Array.from({ length: 10 }, () =>
    rejection(rpc.invoke('textDocument/documentSymbol', { textDocument: { uri } })),
  )
  child.kill('SIGKILL')
  const reasons = await within(45_000, Promise.all(calls))
  expect(reasons).toEqual(Array(10).fill(expect.objectContaining({ code: ErrorCode.PEER_GONE })))
})
