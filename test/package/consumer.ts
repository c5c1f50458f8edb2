/** A project in another folder that has installed the package, and the compilers that check it. */
import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { freshDist, root } from './dist.ts'

const run = promisify(execFile)

interface Manifest {
  readonly version: string
  readonly exports: Record<string, string | Record<string, string>>
}

export const manifestOf = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Manifest

export const compilers: readonly string[] = [
  'typescript-5.4',
  'typescript-5.9',
  'typescript-6.0',
  'typescript',
]

/** `portcall`, `portcall/testing` and so on: whatever the package exports that is code. */
export const entries: readonly string[] = Object.keys(manifestOf('.').exports)
  .filter((name) => !/\.\w+$/.test(name))
  .map((name) => name.replace(/^\./, 'portcall'))

export interface Consumer {
  readonly folder: string
  write(file: string, text: string): void
  /** What tests the sources here tests the package there. */
  copy(name: string, from: string): void
  /** Everything that a compiler has to say about some files. */
  complaints(compiler: string, files: readonly string[], options: object): Promise<string>
  remove(): void
}

export async function createConsumer(): Promise<Consumer> {
  await freshDist()
  const folder = mkdtempSync(join(tmpdir(), 'portcall-consumer-'))
  const installed = join(folder, 'node_modules/portcall')
  mkdirSync(installed, { recursive: true })
  mkdirSync(join(folder, 'node_modules/@types'))
  for (const name of ['package.json', 'dist'])
    cpSync(join(root, name), join(installed, name), { recursive: true })
  symlinkSync(join(root, 'node_modules/@types/node'), join(folder, 'node_modules/@types/node'))
  const write = (file: string, text: string): void => writeFileSync(join(folder, file), text)
  write('package.json', '{ "type": "module" }')
  let projects = 0

  return {
    folder,
    write,
    copy(name, from) {
      const source = readFileSync(join(root, from), 'utf8')
      const imported = source.replaceAll("'../../src/index.ts'", "'portcall'")
      write(`${name}.ts`, imported.replaceAll("'../../src/core.ts'", "'portcall/core'"))
    },
    async complaints(compiler, files, options) {
      const project = `tsconfig.${++projects}.json`
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
      write(project, JSON.stringify({ compilerOptions, files }))
      const tsc = join(root, 'node_modules', compiler, 'bin/tsc')
      try {
        const { stdout } = await run(process.execPath, [tsc, '-p', project], { cwd: folder })
        return stdout
      } catch (error) {
        return (error as { stdout: string }).stdout
      }
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
