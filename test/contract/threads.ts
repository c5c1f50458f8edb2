import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const scripts = ['service', 'ports', 'late', 'behind-await', 'plain', 'silent', 'throws', 'finishes'] as const

export type Script = (typeof scripts)[number]

/**
 * Bundle the scripts of ./workers for Node threads, which cannot run TypeScript: from `src`, so that no stale build is
 * tested. It takes some 30 ms.
 */
export async function bundleScripts(): Promise<{ path(script: Script): string; remove(): void }> {
  const dir = mkdtempSync(join(tmpdir(), 'portcall-contract-'))
  const workers = fileURLToPath(new URL('./workers/', import.meta.url))
  const bundle = await rolldown({
    input: Object.fromEntries(scripts.map((name) => [name, join(workers, `${name}.ts`)])),
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
    path: (script) => join(dir, `${script}.mjs`),
    remove: () => rmSync(dir, { recursive: true, force: true }),
  }
}
