/** The examples that run in Node, as whoever installs them runs them: `node main.mjs`. */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startService } from '../../scripts/services.mjs'
import { withoutLate } from '../late.ts'
import { freshDist, root } from './dist.ts'

const execute = promisify(execFile)

let folder: string

beforeAll(async () => {
  await freshDist()
  folder = mkdtempSync(join(tmpdir(), 'portcall-examples-'))
}, 120_000)

afterAll(() => {
  if (folder) rmSync(folder, { recursive: true })
})

/** Compile an example that is written in TypeScript. @returns what the compiler has to say about it. */
async function compile(folder: string): Promise<string> {
  const compiler = join(root, 'node_modules/typescript/bin/tsc')
  try {
    return (await execute(process.execPath, [compiler], { cwd: folder })).stdout
  } catch (error) {
    return (error as { stdout: string }).stdout
  }
}

/** Run a copy of an example that has only these packages. @returns the lines that it prints. */
async function run(
  example: string,
  packages: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<string[]> {
  const copy = join(folder, example)
  cpSync(join(root, 'examples', example), copy, {
    recursive: true,
    filter: (path) => !/[\\/](node_modules|dist)$/.test(path),
  })
  const link = (name: string, target: string): void => {
    const place = join(copy, 'node_modules', name)
    mkdirSync(dirname(place), { recursive: true })
    symlinkSync(target, place, 'junction')
  }
  link('portcall', root)
  for (const name of packages) link(name, join(root, 'node_modules', name))
  const isTyped = existsSync(join(copy, 'main.ts'))
  if (isTyped) link('@types/node', join(root, 'node_modules/@types/node'))
  expect(isTyped ? await compile(copy) : '').toBe('')
  // One that does not end by itself is killed, and fails.
  const { stdout, stderr } = await execute(process.execPath, [isTyped ? 'dist/main.js' : 'main.mjs'], {
    cwd: copy,
    timeout: 45_000,
    env: { ...process.env, ...env },
  })
  expect(withoutLate(stderr)).toBe('')
  return stdout.trim().split('\n')
}

test('a Node thread is called, calls back, and is too late', { timeout: 60_000 }, async () => {
  expect(await run('node-thread')).toEqual([
    '3',
    expect.stringMatching(/^Hello, .+!$/),
    '-32300 Request `nap` timed out after 100 ms',
  ])
})

test(
  'files are hashed in a thread, and stop at half when the signal aborts',
  { timeout: 60_000 },
  async () => {
    const sizes = { 'one.bin': 2_097_152, 'two.bin': 4_194_304, 'three.bin': 6_291_456 }
    const hashes = Object.entries(sizes).map(([name, size]) => {
      const hash = createHash('sha256').update(Buffer.alloc(size, name)).digest('hex')
      return `${hash} ${name} ${size} bytes`
    })
    expect(await run('hashing')).toEqual([
      ...hashes,
      'reports: 12',
      'again one.bin',
      'again two.bin',
      'That is enough',
      'finally ran after 6291456 of 12582912 bytes',
    ])
  },
)

test('a language server tells its progress by a token', { timeout: 60_000 }, async () => {
  expect(await run('progress-lsp', ['vscode-jsonrpc'])).toEqual([
    'begin 0 %',
    'report 25 % src',
    'report 50 % test',
    'report 75 % docs',
    'report 100 % bench',
    'end',
    'indexed 4 folders',
    'That is enough',
    'the server has stopped',
  ])
})

test('an MCP server tells its progress by a token', { timeout: 60_000 }, async () => {
  expect(await run('progress-mcp', ['@modelcontextprotocol/sdk'])).toEqual([
    'connected to slow-tools',
    'minute 1 of 3',
    'minute 2 of 3',
    'minute 3 of 3',
    'baked for 3 minutes',
    'That is enough',
    'oven off',
  ])
})

test('C50: a language server is called by a typed remote', { timeout: 90_000 }, async () => {
  expect(await run('lsp', ['vscode-langservers-extracted'])).toEqual([
    'hovers: true',
    '1:9 Incorrect type. Expected "number".',
    'Where the server listens\\.',
    'completions: port,host',
    '3 edits',
    'shut down: null',
    'exit code 0',
  ])
})

test('C50: an MCP server is called by a typed remote', { timeout: 90_000 }, async () => {
  expect(await run('mcp', ['@modelcontextprotocol/sdk'])).toEqual([
    'connected to words',
    'count: Counts the words of a text.',
    'info: "counted 7 words"',
    "[ { type: 'text', text: '7' } ]",
    "true [ { type: 'text', text: 'There is no tool spell' } ]",
    'exit code 0',
  ])
})

test('a WebSocket server and its client call each other, over reconnects', { timeout: 60_000 }, async () => {
  const lines = await run('websocket', ['ws'])
  expect(lines.slice(0, 5)).toEqual(['3', 'Hello, client!', '3', '2', '1'])
  expect(lines[5]).toMatch(/^-32050 .*1006/)
  expect(lines[6]).toBe('7')
})

test('a child process is spoken to over its standard streams', { timeout: 60_000 }, async () => {
  const lines = await run('stdio')
  expect(lines.slice(0, 4)).toEqual(['3', 'Hello, parent!', 'item a', 'item b'])
  expect(lines[4]).toMatch(/^-32050 /)
})

test('a forked process calls back, and its end is told', { timeout: 60_000 }, async () => {
  const lines = await run('process')
  expect(lines.slice(0, 4)).toEqual(['6.5', '50 %', '100 %', '12 primes, the last one 37'])
  expect(lines[4]).toMatch(/^-32050 .*SIGKILL/)
})

test('members of a bus find each other, and answer together', { timeout: 60_000 }, async () => {
  expect((await run('broadcast')).length).toBe(3)
})

test(
  'clients of a socket.io server are known, asked together, and come back',
  { timeout: 60_000 },
  async () => {
    const lines = await run('socket-io', ['socket.io', 'socket.io-client'])
    const text = lines.join('\n')
    expect(text).toContain('1000 bytes')
    expect(text).toContain('-32050')
    expect(lines.at(-1)).toMatch(/is back$/)
  },
)

test(
  'workers of a broker share the calls, and one that is killed loses its own',
  { timeout: 60_000 },
  async () => {
    const nats = await startService('nats')
    try {
      const lines = await run('nats', ['@nats-io/transport-node'], { NATS: `127.0.0.1:${nats.port}` })
      expect(lines).toEqual([
        '3',
        expect.stringMatching(/^[23] processes answered 60 calls$/),
        'counted 1',
        'counted 2',
        'counted 3',
        expect.stringMatching(/^-32050 /),
        '7',
      ])
    } finally {
      await nats.stop()
    }
  },
)
