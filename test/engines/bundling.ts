/** Tests and the scripts that they start, bundled for an engine that is not Node, from `src` as it is now. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { type Plugin, rolldown } from 'rolldown'

/** The repository. All other paths are relative to it. */
export const root: string = fileURLToPath(new URL('../../', import.meta.url))

export interface Target {
  readonly platform: 'node' | 'browser'
  /** An expression for what `import.meta.url` is in a file: each finds its scripts by it. */
  readonly urlOf: (path: string) => string
  /** What inside/files.ts lists. */
  readonly tests: readonly string[]
}

const standIns: Readonly<Record<string, string>> = {
  'test/adapters/process/scripts.ts': 'test/engines/inside/scripts.ts',
  'test/contract/threads.ts': 'test/engines/inside/threads.ts',
}

/** One script with all that it imports. */
export async function bundle(input: string, { platform, urlOf, tests }: Target): Promise<string> {
  const places: Plugin = {
    name: 'places',
    load(id) {
      const path = relative(root, id)
      if (path === 'test/engines/inside/files.ts') return listing(tests)
      const standIn = standIns[path]
      return standIn && `export * from ${JSON.stringify(join(root, standIn))}`
    },
    transform: (code, id) =>
      id.startsWith(root) && code.includes('import.meta.url')
        ? { code: code.replaceAll('import.meta.url', urlOf(relative(root, id))), map: null }
        : undefined,
  }
  const build = await rolldown({
    input: join(root, input),
    cwd: root,
    platform,
    plugins: [places],
    // The first is of Vitest's traces, which nobody wants here.
    external: ['@opentelemetry/api', /^node:/, 'rolldown'],
    transform: { target: 'es2022' },
    logLevel: 'silent',
  })
  const { output } = await build.generate({ format: 'esm', codeSplitting: false })
  await build.close()
  return output[0].code
}

const listing = (tests: readonly string[]): string =>
  `export const files = {${tests
    .map((path) => `${JSON.stringify(path)}: () => import(${JSON.stringify(join(root, path))})`)
    .join()}}`

export interface Folder {
  /** Where the bundle of a script is. */
  readonly path: (script: string) => string
  remove(): void
}

/** Bundle scripts into a folder, in which they lie as they do here. */
export async function bundleInto(scripts: readonly string[], target: Omit<Target, 'urlOf'>): Promise<Folder> {
  const folder = mkdtempSync(join(tmpdir(), 'portcall-engines-'))
  const path = (script: string): string => join(folder, script)
  const urlOf = (script: string): string => JSON.stringify(pathToFileURL(path(script)).href)
  for (const script of scripts) {
    mkdirSync(dirname(path(script)), { recursive: true })
    writeFileSync(path(script), await bundle(script, { ...target, urlOf }))
  }
  return { path, remove: () => rmSync(folder, { recursive: true, force: true }) }
}
