// Install the pinned tools when one is missing or has another version. Needs nothing but Node and npm: it runs right
// after `git clone`.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

const root = new URL('../', import.meta.url)

const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19))
  fail(`portcall needs Node 20.19 or later, this is ${process.version}`)

const missing = listMissing()
if (missing.length > 0) {
  console.error(
    `setup: npm install (${missing.length} missing or outdated: ${missing.slice(0, 5).join(', ')})`,
  )
  install()
  const still = listMissing()
  if (still.length > 0) fail(`npm install did not bring ${still.join(', ')}`)
}

function listMissing() {
  const { devDependencies } = readJSON('package.json')
  return Object.entries(devDependencies)
    .filter(([name, pin]) => installedVersion(name) !== pinnedVersion(pin))
    .map(([name]) => name)
}

function installedVersion(name) {
  try {
    return readJSON(`node_modules/${name}/package.json`).version
  } catch {
    return undefined
  }
}

/** "npm:typescript@5.4.5" is an alias: what counts is the version behind the last @. */
function pinnedVersion(pin) {
  return pin.startsWith('npm:') ? pin.slice(pin.lastIndexOf('@') + 1) : pin
}

function install() {
  const { status, error } = spawnSync('npm', ['install', '--no-audit', '--no-fund', '--include=dev'], {
    cwd: root,
    // stdout stays free for whoever reads the output of what runs next.
    stdio: ['ignore', 2, 2],
    // npm is a .cmd file on Windows.
    shell: process.platform === 'win32',
  })
  if (error) fail(`npm could not be started: ${error.message}`)
  if (status !== 0) fail(`npm install failed (exit ${status})`)
}

function readJSON(path) {
  return JSON.parse(readFileSync(new URL(path, root), 'utf8'))
}

function fail(message) {
  console.error(`setup: ${message}`)
  process.exit(1)
}
