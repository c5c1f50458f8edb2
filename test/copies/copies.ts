/** Copies of the library: bundles of its own source, each loaded as modules of its own. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { rolldown } from 'rolldown'
import type * as core from '../../src/core.ts'
import type * as index from '../../src/index.ts'

type Entry = 'index' | 'core'
type Library<E extends Entry> = E extends 'core' ? typeof core : typeof index

const bundles = new Map<Entry, Promise<string>>()
let loaded = 0

/** The address of one more copy. */
export async function copyOf(entry: Entry): Promise<string> {
  const file = bundles.get(entry) ?? bundle(entry)
  bundles.set(entry, file)
  return `${pathToFileURL(await file).href}?copy=${++loaded}`
}

/** Load one more copy into this realm. */
export const loadCopy = async <E extends Entry = 'index'>(entry: E = 'index' as E): Promise<Library<E>> =>
  (await import(/* @vite-ignore */ await copyOf(entry))) as Library<E>

async function bundle(entry: Entry): Promise<string> {
  const input = fileURLToPath(new URL(`../../src/${entry}.ts`, import.meta.url))
  const build = await rolldown({ input, platform: 'neutral' })
  const { output } = await build.generate({ format: 'esm', minify: true })
  await build.close()
  const folder = mkdtempSync(join(tmpdir(), 'portcall-copies-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, `${entry}.mjs`)
  writeFileSync(file, output[0].code)
  return file
}
