import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freshDist, root } from './dist.ts'

const run = promisify(execFile)

interface Manifest {
  readonly version: string
  readonly exports: Record<string, string>
}

const manifestOf = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Manifest

/** `portcall`, `portcall/testing` and so on: whatever the package exports that is code. */
const entries = Object.keys(manifestOf('.').exports)
  .filter((name) => !/\.\w+$/.test(name))
  .map((name) => name.replace(/^\./, 'portcall'))

const shared = ['remote', 'callbacks', 'api', 'any', 'cases']

const hosts: readonly { name: string; lib: string[]; types?: string[]; cases: string[] }[] = [
  { name: 'es2023 alone', lib: ['es2023'], cases: [...shared, 'bare'] },
  { name: 'dom', lib: ['es2023', 'dom'], cases: shared },
  { name: 'dom and Symbol.dispose', lib: ['es2023', 'dom', 'esnext.disposable'], cases: [...shared, 'host'] },
  { name: 'webworker', lib: ['es2023', 'webworker'], cases: shared },
  { name: '@types/node', lib: ['es2023'], types: ['node'], cases: [...shared, 'host'] },
]

const compilers = ['typescript-5.4', 'typescript-5.9', 'typescript-6.0', 'typescript']

/** What is left where the types of the host know neither AbortSignal nor Symbol.dispose. */
const bare = `
import { callContext, type DisposableLike, type SignalLike } from 'portcall'
import { expectTypeOf } from 'vitest'
expectTypeOf(callContext().signal).toEqualTypeOf<SignalLike>()
expectTypeOf<keyof DisposableLike>().toEqualTypeOf<never>()
`

let consumer = ''

beforeAll(async () => {
  await freshDist()
  consumer = mkdtempSync(join(tmpdir(), 'portcall-consumer-'))
  const installed = join(consumer, 'node_modules/portcall')
  mkdirSync(installed, { recursive: true })
  mkdirSync(join(consumer, 'node_modules/@types'))
  for (const name of ['package.json', 'dist'])
    cpSync(join(root, name), join(installed, name), { recursive: true })
  symlinkSync(join(root, 'node_modules/@types/node'), join(consumer, 'node_modules/@types/node'))
  writeFileSync(join(consumer, 'package.json'), '{ "type": "module" }')
  writeFileSync(
    join(consumer, 'entries.ts'),
    entries.map((name, i) => `import * as e${i} from '${name}'\nexport { e${i} }\n`).join(''),
  )
  copyCase('vitest', 'test/package/expect-type-of.ts')
  writeFileSync(join(consumer, 'bare.ts'), bare)
  for (const name of [...shared, 'host']) copyCase(name, `test/types/${name}.test-d.ts`)
}, 80_000)

afterAll(() => rmSync(consumer, { recursive: true, force: true }))

/** What tests the sources here tests the package there. */
function copyCase(name: string, from: string): void {
  const source = readFileSync(join(root, from), 'utf8')
  writeFileSync(join(consumer, `${name}.ts`), source.replaceAll("'../../src/index.ts'", "'portcall'"))
}

let projects = 0

/** Everything that a compiler has to say about some files. */
async function complaints(compiler: string, files: string[], options: object): Promise<string> {
  const project = join(consumer, `tsconfig.${++projects}.json`)
  const compilerOptions = {
    target: 'es2022',
    module: 'nodenext',
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: false,
    noEmit: true,
    types: [],
    paths: { vitest: ['./vitest.ts'] },
    ...options,
  }
  writeFileSync(project, JSON.stringify({ compilerOptions, files }))
  const tsc = join(root, 'node_modules', compiler, 'bin/tsc')
  try {
    const { stdout } = await run(process.execPath, [tsc, '-p', project], { cwd: consumer })
    return stdout
  } catch (error) {
    return (error as { stdout: string }).stdout
  }
}

for (const compiler of compilers)
  describe(`with TypeScript ${manifestOf(`node_modules/${compiler}`).version}`, () => {
    for (const { name, lib, types = [], cases } of hosts) {
      test(`every entry compiles under ${name}, without skipLibCheck`, async () => {
        expect(await complaints(compiler, ['entries.ts'], { lib, types })).toBe('')
      }, 60_000)

      test(`the types of remotes are as they should be under ${name}`, async () => {
        const files = cases.map((file) => `${file}.ts`)
        expect(await complaints(compiler, files, { lib, types })).toBe('')
      }, 60_000)
    }

    test('a mistake in a consumer is found, so that these tests can fail', async () => {
      writeFileSync(
        join(consumer, 'mistake.ts'),
        "import { wrap } from 'portcall'\nimport { expectTypeOf } from 'vitest'\nexport const x: number = wrap\nexpectTypeOf<string>().toEqualTypeOf<number>()\n",
      )
      const said = await complaints(compiler, ['mistake.ts'], { lib: ['es2023'] })
      expect(said.match(/error TS/g)).toHaveLength(2)
    }, 60_000)
  })
