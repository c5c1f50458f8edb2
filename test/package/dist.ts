/** The built package, for the tests that run or compile it as its users do. */
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, rmSync, rmdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)

export const root = fileURLToPath(new URL('../../', import.meta.url))

const src = join(root, 'src')
const dist = join(root, 'dist')
const lock = join(root, 'node_modules/.cache/portcall-dist.lock')

const files = (folder: string, ending: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith(ending))

const changed = (file: string): number => statSync(file).mtimeMs

/** The files that a build of src makes, as names in dist: ES modules, and CommonJS. */
const expected = (): string[] =>
  files(src, '.ts').flatMap((name) => {
    const script = name.replace(/\.ts$/, '.js')
    return [script, join('cjs', script)]
  })

function isStale(): boolean {
  if (expected().some((name) => !existsSync(join(dist, name)))) return true
  const newest = Math.max(...files(src, '.ts').map((name) => changed(join(src, name))))
  return expected().some((name) => changed(join(dist, name)) < newest)
}

/** Build dist if it is missing or older than src. Test files run at once: one of them builds, the others wait. */
export async function freshDist(): Promise<void> {
  mkdirSync(join(lock, '..'), { recursive: true })
  for (const end = Date.now() + 60_000; isStale();) {
    if (Date.now() > end) throw new Error(`dist is older than src, and somebody holds ${lock}`)
    if (!takeLock()) {
      await wait(50)
      continue
    }
    try {
      if (isStale()) await build()
    } finally {
      rmdirSync(lock)
    }
  }
}

function takeLock(): boolean {
  try {
    mkdirSync(lock)
    return true
  } catch {
    // Whoever was killed while it built does not come back.
    if (existsSync(lock) && Date.now() - changed(lock) > 60_000)
      rmSync(lock, { recursive: true, force: true })
    return false
  }
}

async function build(): Promise<void> {
  const made = new Set(expected())
  if (existsSync(dist))
    for (const name of files(dist, '.js'))
      if (!made.has(name) && !name.endsWith('.min.js')) remove(name.replace(/\.js$/, ''))
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  await run(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { cwd: root })
  await run(process.execPath, ['scripts/cjs.mjs'], { cwd: root })
}

function remove(name: string): void {
  for (const ending of ['.js', '.js.map', '.d.ts', '.d.ts.map'])
    rmSync(join(dist, name + ending), { force: true })
}
