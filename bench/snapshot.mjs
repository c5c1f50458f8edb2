import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../', import.meta.url))

/**
 * Copy what is measured, so that a build during the run does not change or break it. The copy lies where the same packages
 * are found.
 * @param dist the build.
 * @returns its folder; it is removed when the process exits.
 */
export function takeSnapshot(dist = join(root, 'dist')) {
  const cache = join(root, 'node_modules', '.cache')
  mkdirSync(cache, { recursive: true })
  const folder = mkdtempSync(join(cache, 'portcall-bench-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  cpSync(dist, join(folder, 'dist'), { recursive: true })
  for (const part of ['bench', 'scripts', 'package.json'])
    cpSync(join(root, part), join(folder, part), {
      recursive: true,
      filter: (source) => !source.startsWith(join(root, 'bench', 'results')),
    })
  return folder
}
