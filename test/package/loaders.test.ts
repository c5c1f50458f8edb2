/** The package as loaders, compilers and package checks see it. */
import { execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compilers, type Consumer, createConsumer, entries, manifestOf } from './consumer.ts'
import { freshDist, root } from './dist.ts'

interface Manifest {
  readonly main: string
  readonly types: string
  readonly exports: Record<string, Record<string, string>>
  readonly typesVersions: Record<string, Record<string, string[]>>
}

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest

const has = (file: string): boolean => existsSync(join(root, file))

const declarationOf = (script: string): string => script.replace(/\.js$/, '.d.ts')

const withoutComments = (text: string): string => text.replace(/\/\*[^]*?\*\/|\/\/.*$|(['"`]).*?\1/gm, '')

const execute = promisify(execFile)

let consumer: Consumer

beforeAll(async () => {
  await freshDist()
  consumer = await createConsumer()
  const lines = entries.map((name, i) => `import * as e${i} from '${name}'\nexport { e${i} }\n`)
  consumer.write('entries.ts', lines.join(''))
  consumer.write('use.ts', use)
}, 80_000)

afterAll(() => consumer.remove())

/** What fails to compile where a type became `any`. */
const use = `
import { expose, RPC, wrap } from 'portcall'
import { linkedPair } from 'portcall/testing'
import { connectionOf } from 'portcall/core'
import { broadcastBus } from 'portcall/core/broadcast'
const { left, right } = linkedPair()
const api = { add: (a: number, b: number) => a + b }
expose(api, left)
export const sum: Promise<number> = wrap<typeof api>(right).add(1, 2)
export const rpc: RPC = new RPC({ transport: left })
// @ts-expect-error
wrap<typeof api>(right).add('1', 2)
// @ts-expect-error
new RPC({ transport: 1 })
// @ts-expect-error
connectionOf(1, 2, 3)
// @ts-expect-error
broadcastBus(1, 2, 3, 4)
`

describe('C64: the manifest', () => {
  test.each(Object.keys(manifest.exports).filter((name) => name !== './package.json'))(
    'exports %s in five ways, each with its declarations beside it',
    (name) => {
      const targets = manifest.exports[name] ?? {}
      const script = targets['import'] ?? ''
      const common = script.replace(/^\.\/dist\//, './dist/cjs/')
      expect(Object.entries(targets)).toEqual([
        ['module-sync', script],
        ['module', script],
        ['import', script],
        ['require', common],
        ['default', script],
      ])
      for (const file of [script, common]) {
        expect([file, has(file)]).toEqual([file, true])
        expect([declarationOf(file), has(declarationOf(file))]).toEqual([declarationOf(file), true])
      }
      const forNode10 = name === '.' ? [manifest.types] : manifest.typesVersions['*']?.[name.slice(2)]
      expect(forNode10).toEqual([declarationOf(common)])
    },
  )

  test('what old parsers and React Native’s Babel preset do not take is not in the files that they load', () => {
    const loaded = (folder: string): string[] =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.js') && !file.endsWith('.min.js'))
        .map((file) => readFileSync(join(root, folder, file), 'utf8'))
    expect(loaded('dist').filter((text) => /^\s*static \{/m.test(text))).toEqual([])
    expect(
      loaded('dist/cjs').filter((text) => /\?\.[a-z[(]|this\.#|^\s*#\w/im.test(withoutComments(text))),
    ).toEqual([])
  })

  test('main and types are the CommonJS form, which says that it is one', () => {
    expect([manifest.main, manifest.types]).toEqual(['./dist/cjs/index.js', './dist/cjs/index.d.ts'])
    expect(JSON.parse(readFileSync(join(root, 'dist/cjs/package.json'), 'utf8'))).toEqual({
      type: 'commonjs',
    })
    expect(Object.keys(manifest.typesVersions['*'] ?? {})).toHaveLength(entries.length - 1)
  })
})

describe('C64: TypeScript finds every entry', () => {
  const node10 = { module: 'commonjs', moduleResolution: 'node10', lib: ['es2023', 'dom'] }
  const versions = compilers.map((compiler) => ({
    compiler,
    version: manifestOf(`node_modules/${compiler}`).version,
  }))

  // 7.0 has no such resolution.
  test.each(versions.filter(({ version }) => !version.startsWith('7.')))(
    'with moduleResolution node10 and TypeScript $version',
    async ({ compiler, version }) => {
      const options = version.startsWith('6.') ? { ...node10, ignoreDeprecations: '6.0' } : node10
      expect(await consumer.complaints(compiler, ['entries.ts', 'use.ts'], options)).toBe('')
    },
    60_000,
  )

  test.each(versions)(
    'in a CommonJS package, from .ts, .cts and .mts, with node16 and TypeScript $version',
    async ({ compiler }) => {
      consumer.write('package.json', '{}')
      consumer.write('use.cts', use)
      consumer.write('use.mts', use)
      try {
        const files = ['entries.ts', 'use.ts', 'use.cts', 'use.mts']
        const options = { module: 'node16', lib: ['es2023', 'dom'] }
        expect(await consumer.complaints(compiler, files, options)).toBe('')
      } finally {
        consumer.write('package.json', '{ "type": "module" }')
      }
    },
    90_000,
  )

  test.each(versions)(
    'and the types of one form go where those of the other are asked for, with TypeScript $version',
    async ({ compiler }) => {
      consumer.write('common.cts', common)
      consumer.write('mixed.mts', mixed)
      const options = { module: 'nodenext', lib: ['es2023', 'dom'], declaration: true, noEmit: true }
      expect(await consumer.complaints(compiler, ['common.cts', 'mixed.mts'], options)).toBe('')
    },
    60_000,
  )
})

/** A library in CommonJS that takes and gives what portcall makes. */
const common = `
import { Remote, RPC, RPCError, Transport, wrap } from 'portcall'
export interface Api { add(a: number, b: number): number; on(tell: (n: number) => void): Promise<void>; readonly math: { half(n: number): number } }
export declare const rpc: RPC
export declare const error: RPCError
export declare const transport: Transport
export const remote = wrap<Api>(transport)
export declare function takes(rpc: RPC, error: RPCError, transport: Transport, remote: Remote<Api>): void
`

const mixed = `
import { get, release, type Remote, RPC, RPCError, rpcOf, type Transport, withOptions, wrap } from 'portcall'
import * as common from './common.cjs'
export const rpc: RPC = common.rpc
export const error: RPCError = common.error
export const transport: Transport = common.transport
export const remote: Remote<common.Api> = common.remote
common.takes(new RPC({ transport }), new RPCError(1, 'one'), transport, wrap<common.Api>(transport))
export const sum: Promise<number> = withOptions(common.remote, { timeout: 1 }).add(1, 2)
export const same: RPC = rpcOf(common.remote)
void [get, release]
`

describe('C64: the package checks have nothing to say', () => {
  const bin = (name: string): string => join(root, 'node_modules', name)

  test('attw --pack . without a profile, for every entry', async () => {
    const { stdout } = await execute(
      process.execPath,
      [bin('@arethetypeswrong/cli/dist/index.js'), '--pack', '.', '--format', 'json'],
      { cwd: root, maxBuffer: 1 << 26 },
    )
    const { analysis, problems } = JSON.parse(stdout) as {
      analysis: { entrypoints: object }
      problems?: object
    }
    expect(problems ?? {}).toEqual({})
    expect(Object.keys(analysis.entrypoints)).toHaveLength(entries.length + 1)
  }, 120_000)

  test('publint --strict', async () => {
    const { stdout } = await execute(process.execPath, [bin('publint/src/cli.js'), '--strict'], { cwd: root })
    expect(stdout).toMatch(/All good!/)
  }, 120_000)
})
