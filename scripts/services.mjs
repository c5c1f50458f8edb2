// Find redis-server and nats-server, install what is missing, and run them on free ports of the loopback: nothing is kept
// on disk, and `stop` ends them.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createServer, connect } from 'node:net'
import { delimiter, join } from 'node:path'

const known = {
  redis: {
    command: 'redis-server',
    variable: 'REDIS_SERVER',
    debian: 'redis-server',
    args: (port) => ['--port', port, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', '/'],
  },
  nats: {
    command: 'nats-server',
    variable: 'NATS_SERVER',
    debian: 'nats-server',
    args: (port) => ['--addr', '127.0.0.1', '--port', port],
  },
}
const folders = [
  ...(process.env.PATH ?? '').split(delimiter),
  '/usr/bin',
  '/usr/sbin',
  '/usr/local/bin',
  '/usr/local/sbin',
  '/opt/homebrew/bin',
]
const patience = 30_000

/** Give the path of a service's program; install it from Debian when it is missing and this is root. */
export function findService(name) {
  const found = search(name)
  if (found) return found
  const { command, variable, debian } = known[name]
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    console.error(`services: apt-get install ${debian}`)
    // Debian starts what it installs, on the well-known port; here it is not wanted.
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' }
    const run = (...args) => spawnSync('apt-get', args, { stdio: ['ignore', 2, 2], env }).status === 0
    if (!run('update')) console.error('services: apt-get update failed')
    run('install', '-y', '--no-install-recommends', debian)
  }
  const installed = search(name)
  if (installed) return installed
  const message = `NO ${command}: neither found nor installed. Install it (Debian: apt-get install ${debian}), or set ${variable} to its path`
  console.error(message)
  throw new Error(message)
}

function search(name) {
  const { command, variable } = known[name]
  const given = process.env[variable]
  if (given && !existsSync(given)) throw new Error(`${variable} is set to ${given}, which does not exist`)
  return given || folders.map((folder) => join(folder, command)).find((path) => existsSync(path))
}

/**
 * Start a service on a free port of the loopback.
 * @returns its port and how to stop it; the process ends with this one, too.
 */
export async function startService(name) {
  const path = findService(name)
  const port = await freePort()
  const child = spawn(path, known[name].args(String(port)), { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.on('data', (text) => {
    if (said.length < 4_096) said += text
  })
  const ended = new Promise((resolve) => child.once('exit', resolve))
  const failed = new Promise((_, reject) => child.once('error', reject))
  const end = () => child.kill('SIGKILL')
  process.once('exit', end)
  const stop = async () => {
    process.off('exit', end)
    child.kill('SIGTERM')
    const timer = setTimeout(end, 5_000)
    await ended
    clearTimeout(timer)
  }
  const early = ended.then((code) => {
    throw new Error(`${path} ended (${code}) before it listened: ${said}`)
  })
  failed.catch(() => {})
  early.catch(() => {})
  try {
    await Promise.race([listening(port), early, failed])
  } catch (error) {
    end()
    throw error
  }
  return { port, pid: child.pid, stop }
}

async function listening(port) {
  const since = Date.now()
  while (!(await answers(port))) {
    if (Date.now() - since > patience) throw new Error(`Nothing listens on port ${port} after ${patience} ms`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

function answers(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true))
    socket.once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}

/** A port of 127.0.0.1 that nobody has now. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })
}
