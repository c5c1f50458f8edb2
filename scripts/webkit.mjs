// Find WebKitWebDriver (WebKitGTK) and a display for it, install what is missing, and open pages by the WebDriver
// protocol. The end of WebKitWebDriver is that of the browser that it started.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { freePort } from './services.mjs'

const known = {
  driver: { command: 'WebKitWebDriver', variable: 'WEBKIT_WEBDRIVER', debian: 'webkit2gtk-driver' },
  display: { command: 'Xvfb', variable: 'XVFB', debian: 'xvfb' },
}
const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/bin', '/usr/local/bin']
const patience = 30_000

/**
 * Give the paths of WebKitWebDriver and, where there is no display, of Xvfb; install them from Debian when they are
 * missing and this is root. Throws when that fails, having said so.
 */
export function findWebKit() {
  const wanted = process.env.DISPLAY ? ['driver'] : ['driver', 'display']
  const missing = () => wanted.filter((name) => !search(name)).map((name) => known[name])
  if (missing().length > 0 && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    const packages = missing().map(({ debian }) => debian)
    console.error(`webkit: apt-get install ${packages.join(' ')}`)
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    const run = (...args) => spawnSync('apt-get', args, { stdio: ['ignore', 2, 2], env }).status === 0
    if (!run('update')) console.error('webkit: apt-get update failed')
    run('install', '-y', '--no-install-recommends', ...packages)
  }
  const lost = missing()
  if (lost.length > 0) {
    const hints = lost.map(
      ({ command, debian, variable }) => `${command} (Debian: ${debian}; or ${variable})`,
    )
    const message = `NO WEBKIT: neither found nor installed: ${hints.join(', ')}`
    console.error(message)
    throw new Error(message)
  }
  return { driver: search('driver'), display: process.env.DISPLAY ? undefined : search('display') }
}

function search(name) {
  const { command, variable } = known[name]
  const given = process.env[variable]
  if (given && !existsSync(given)) throw new Error(`${variable} is set to ${given}, which does not exist`)
  return given || folders.map((folder) => join(folder, command)).find((path) => existsSync(path))
}

/**
 * Start a browser on a display of its own.
 * @returns its version, `open(url)`, `evaluate(script)` and how to end all that was started; it ends with this process, too.
 */
export async function startWebKit() {
  const { driver, display } = findWebKit()
  const home = mkdtempSync(join(tmpdir(), 'portcall-webkit-'))
  const children = []
  const endAll = () => {
    for (const child of children.toReversed()) child.kill('SIGKILL')
    rmSync(home, { recursive: true, force: true })
  }
  process.once('exit', endAll)
  const run = (path, args, options) => {
    const child = spawn(path, args, options)
    child.on('error', () => {})
    children.push(child)
    return child
  }
  try {
    const env = {
      ...process.env,
      HOME: home,
      XDG_RUNTIME_DIR: home,
      XDG_DATA_HOME: home,
      XDG_CACHE_HOME: home,
    }
    if (display) env.DISPLAY = await startDisplay(display, run)
    const port = await freePort()
    const args = ['--host=127.0.0.1', `--port=${port}`]
    const process_ = run(driver, args, { env, stdio: 'ignore' })
    const ended = new Promise((resolve) => process_.once('exit', resolve))
    const ask = commands(`http://127.0.0.1:${port}`)
    await answered(() => ask('GET', '/status'))
    const { sessionId, capabilities } = await ask('POST', '/session', { capabilities: wishes() })
    const session = `/session/${sessionId}`
    return {
      version: capabilities.browserVersion,
      open: (url) => ask('POST', `${session}/url`, { url }),
      evaluate: (script) => ask('POST', `${session}/execute/sync`, { script, args: [] }),
      async stop() {
        process.off('exit', endAll)
        await ask('DELETE', session).catch(() => {})
        process_.kill('SIGTERM')
        const timer = setTimeout(endAll, 5_000)
        await ended
        clearTimeout(timer)
        endAll()
      },
    }
  } catch (error) {
    process.off('exit', endAll)
    endAll()
    throw error
  }
}

function wishes() {
  const browserOptions = {
    binary: findBrowser(),
    // The second: a test that opens a popup is no user's click.
    args: ['--automation', '--javascript-can-open-windows-automatically=true'],
  }
  const timeouts = { pageLoad: 60_000, script: 60_000 }
  return { alwaysMatch: { pageLoadStrategy: 'none', timeouts, 'webkitgtk:browserOptions': browserOptions } }
}

/** The MiniBrowser that the driver would start by itself, without arguments. */
function findBrowser() {
  const found = ['/usr/lib', '/usr/libexec', `/usr/lib/${triplets[process.arch]}`].flatMap((folder) =>
    ['webkit2gtk-4.1', 'webkitgtk-6.0', 'webkit2gtk-4.0'].map((name) => join(folder, name, 'MiniBrowser')),
  )
  const path = found.find((one) => existsSync(one))
  if (path) return path
  const message = 'NO WEBKIT: its driver is there, but no MiniBrowser where that should be'
  console.error(message)
  throw new Error(message)
}

const triplets = { x64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' }

/** X says which display it took, by a number on a file descriptor that it is given. */
function startDisplay(path, run) {
  const args = ['-displayfd', '3', '-screen', '0', '1280x800x24', '-nolisten', 'tcp']
  const child = run(path, args, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`${path} ended (${code}) before it had a display`)))
    child.stdio[3].once('data', (number) => resolve(`:${String(number).trim()}`))
  })
}

/** One WebDriver command: what it answers, or its error. */
const commands = (base) => async (method, path, body) => {
  const response = await fetch(base + path, { method, body: body && JSON.stringify(body) })
  const { value } = await response.json()
  if (!response.ok) throw new Error(`WebDriver ${method} ${path}: ${value?.error}: ${value?.message}`)
  return value
}

async function answered(ask) {
  const since = Date.now()
  for (;;) {
    try {
      return await ask()
    } catch (error) {
      if (Date.now() - since > patience) throw error
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}
