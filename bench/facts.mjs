// What a figure is worth nothing without: versions and the machine. No names of hosts or paths.
import { readFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg } from 'node:os'
import { peers } from './peers/all.mjs'
import { allowed } from './processors.mjs'

const readJSON = (path) => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'))
const packages = peers.flatMap((peer) => peer.package ?? [])

export const versions = {
  portcall: readJSON('../package.json').version,
  node: process.versions.node,
  ...Object.fromEntries(
    packages.map((name) => [name, readJSON(`../node_modules/${name}/package.json`).version]),
  ),
}

export const machine = {
  platform: process.platform,
  arch: process.arch,
  processor: cpus()[0]?.model ?? 'unknown',
  processors: availableParallelism(),
  pinned: allowed.length > 0,
  /** Processes that wanted a processor in the minute before: figures from a busy machine are worth little. */
  load: loadavg()[0],
}
