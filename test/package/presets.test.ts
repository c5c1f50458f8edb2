/** What a core entry loads: no preset, so that it grows no bundle. */
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { rolldown } from 'rolldown'
import { expect, test } from 'vitest'
import { freshDist, root } from './dist.ts'

const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  exports: Record<string, { readonly default: string }>
}

/** The sources that one imports, itself or through others; types count. */
function reached(from: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(from)) return seen
  seen.add(from)
  for (const [, path = ''] of readFileSync(join(root, from), 'utf8').matchAll(
    /^(?:import|export|\}).* from '(\.[^']+)'/gm,
  ))
    reached(join(dirname(from), path), seen)
  return seen
}

const sourceOf = (built: string): string => built.replace(/^\.\/dist\/(.+)\.js$/, 'src/$1.ts')

const presets = ['src/api/preset-rpc.ts', 'src/api/verbs.ts', 'src/api/connection.ts']

const builtOf = (name: string): string => exports[name]?.default ?? ''

const entries = Object.keys(exports)
  .filter((name) => /^\.\/core($|\/)/.test(name))
  .map((name) => [name, builtOf(name)] as const)

test('portcall/core and the environments have core entries', () => {
  expect(entries.map(([name]) => name)).toEqual([
    './core',
    './core/broadcast',
    './core/extension',
    './core/nats',
    './core/service-worker',
    './core/shared-worker',
    './core/socket-io-server',
  ])
})

test.each(entries)('%s reaches no preset', (_, built) => {
  const files = reached(sourceOf(built))
  expect(files.has('src/peer/peer.ts')).toBe(true)
  expect(presets.filter((file) => files.has(file))).toEqual([])
})

/** The features whose code is in a bundle of an entry. */
async function bundled(built: string): Promise<string[]> {
  const build = await rolldown({ input: join(root, built), platform: 'browser' })
  const { output } = await build.generate({ format: 'es' })
  await build.close()
  return Object.entries(output[0].modules)
    .filter(([, { renderedLength }]) => renderedLength > 0)
    .flatMap(([file]) => /\/features\/([\w-]+)\/[\w-]+\.js$/.exec(file)?.[1] ?? [])
}

const needed: Record<string, string[]> = {
  './core/nats': ['dialects'],
  './core/broadcast': ['diagnostics'],
  './core/extension': ['diagnostics'],
}

test.each(entries.filter(([name]) => name !== './core'))(
  '%s has the code of no feature but those that it needs itself',
  async (name, built) => {
    await freshDist()
    expect(await bundled(built)).toEqual(needed[name] ?? [])
  },
  60_000,
)

test('the presets are found where they are used, so that these tests can fail', () => {
  expect(reached(sourceOf(builtOf('.'))).has('src/api/preset-rpc.ts')).toBe(true)
  expect(reached(sourceOf(builtOf('./shared-worker'))).has('src/api/preset-rpc.ts')).toBe(true)
})
