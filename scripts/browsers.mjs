// Find Chromium and Firefox, install what is missing, and say how Playwright starts them.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import playwright from 'playwright'

const known = {
  chromium: {
    variable: 'CHROMIUM',
    names: ['chromium', 'chromium-browser', 'google-chrome'],
    places: [
      '/Applications/Chromium.app/Contents/MacOS/Chromium',
      '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    ],
    debian: 'chromium',
  },
  firefox: {
    variable: 'FIREFOX',
    names: ['firefox-esr', 'firefox'],
    places: ['/Applications/Firefox.app/Contents/MacOS/firefox'],
    debian: 'firefox-esr',
  },
}
const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/bin', '/usr/local/bin', '/snap/bin']

/**
 * Find or install both browsers. Resolves to `{ chromium, firefox }`: the path of each, undefined for the one that
 * Playwright keeps itself. Rejects when one can be neither found nor installed.
 */
export async function findBrowsers() {
  const missing = () => Object.keys(known).filter((name) => !findPath(name) && !isInPlaywright(name))
  if (missing().length > 0 && isRoot() && onPath('apt-get')) installFromDebian(missing())
  if (missing().length > 0) installFromPlaywright(missing())
  const lost = missing()
  if (lost.length > 0) {
    const variables = lost.map((name) => known[name].variable).join(' and ')
    fail(
      `${lost.join(' and ')} neither found nor installed; install by hand, or set ${variables} to the path`,
    )
  }
  return { chromium: findPath('chromium'), firefox: findPath('firefox') }
}

/** Playwright's launch options for the browsers that `findBrowsers` found. */
export function launchOptions({ chromium, firefox }) {
  const env = firefoxEnvironment()
  return {
    chromium: { executablePath: chromium, args: ['--disable-gpu', '--disable-quic'] },
    // A Firefox as Mozilla ships it speaks WebDriver BiDi, Playwright's own build does not need to.
    firefox: firefox ? { channel: 'moz-firefox', executablePath: firefox, env } : { env },
  }
}

const found = new Map()

function findPath(name) {
  if (!found.get(name)) found.set(name, searchPath(name))
  return found.get(name)
}

function searchPath(name) {
  const { variable, names, places } = known[name]
  const given = process.env[variable]
  if (given && !existsSync(given)) fail(`${variable} is set to ${given}, which does not exist`)
  return given || [...names.flatMap(onPathAll), ...places].find((path) => existsSync(path) && runs(path))
}

function onPathAll(name) {
  return folders.map((folder) => join(folder, name)).filter((path) => existsSync(path))
}

function onPath(name) {
  return onPathAll(name)[0]
}

/** Ubuntu puts scripts where the browsers were that only say how to install them: a browser tells its version. */
function runs(path) {
  return spawnSync(path, ['--version'], { stdio: 'ignore', timeout: 30_000 }).status === 0
}

function isInPlaywright(name) {
  return existsSync(playwright[name].executablePath())
}

function fail(reason) {
  const message = `NO BROWSER: ${reason}`
  console.error(message)
  throw new Error(message)
}

function isRoot() {
  return process.getuid?.() === 0
}

function installFromDebian(names) {
  const packages = names.map((name) => known[name].debian)
  console.error(`browsers: apt-get install ${packages.join(' ')}`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  if (!run('apt-get', ['update'], env)) console.error('browsers: apt-get update failed')
  run('apt-get', ['install', '-y', '--no-install-recommends', ...packages], env)
}

function installFromPlaywright(names) {
  console.error(`browsers: playwright install ${names.join(' ')}`)
  const cli = join(dirname(createRequire(import.meta.url).resolve('playwright/package.json')), 'cli.js')
  const withLibraries = isRoot() && onPath('apt-get') ? ['--with-deps'] : []
  run(process.execPath, [cli, 'install', ...withLibraries, ...names], process.env)
}

function run(command, args, env) {
  return spawnSync(command, args, { stdio: ['ignore', 2, 2], env }).status === 0
}

/** Firefox does not start when HOME belongs to someone else, which is what CI containers have. */
function firefoxEnvironment() {
  const home = process.env.HOME
  const uid = process.getuid?.()
  if (uid === undefined || (home && statSync(home, { throwIfNoEntry: false })?.uid === uid))
    return { ...process.env }
  const folder = mkdtempSync(join(tmpdir(), 'portcall-firefox-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  return { ...process.env, HOME: folder }
}
