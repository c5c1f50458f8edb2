import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { rolldown } from 'rolldown'

/** Scripts for child processes, which cannot run TypeScript, bundled from `src`, so that no stale build is tested. */
export interface Scripts<Name extends string> {
  path(name: Name): string
  remove(): void
}

export async function bundleScripts<Name extends string>(
  folder: string,
  names: readonly Name[],
): Promise<Scripts<Name>> {
  const dir = mkdtempSync(join(tmpdir(), 'portcall-adapters-'))
  const bundle = await rolldown({
    input: Object.fromEntries(names.map((name) => [name, join(folder, `${name}.ts`)])),
    platform: 'node',
  })
  await bundle.write({
    dir,
    format: 'esm',
    entryFileNames: '[name].mjs',
    chunkFileNames: '[name]-[hash].mjs',
  })
  await bundle.close()
  return {
    path: (name) => join(dir, `${name}.mjs`),
    remove: () => rmSync(dir, { recursive: true, force: true }),
  }
}
