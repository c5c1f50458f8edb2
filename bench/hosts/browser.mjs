import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import playwright from 'playwright'
import { findBrowsers, launchOptions } from '../../scripts/browsers.mjs'
import { pinTree } from '../processors.mjs'
import { serveSides } from '../sides/serve.mjs'

/**
 * What is the same in every browser environment. The browser is started as a user would, without a debugger or driver: such
 * a protocol listens to each frame and worker, and slows them down. The page fetches its plans, and posts what it measured.
 * @param kind `worker` or `window`, or `act` for a study; `where` names one of the server's origins, for the iframe; `alone` the
 * peers of acts.
 * @param report called with what came out of each plan.
 */
export async function measureInBrowser(name, { kind, where = 'same', alone }, plans, report) {
  const waiting = [...plans]
  let current
  let finish
  let browser
  let pinned
  const finished = new Promise((resolve) => (finish = resolve))
  const server = await serveSides({
    alone,
    next({ agent }) {
      current = waiting.shift()
      if (!current) return finish()
      browser.version = agent.match(/(?:Chrome|Firefox)\/([\d.]+)/)?.[1]
      const { processors } = current
      if (kind === 'act') server.serveAlone(current.name, current.act)
      if (String(processors) !== pinned) pinTree(browser.pid, processors)
      pinned = String(processors)
      return { ...current, kind, origin: server.origins[where] }
    },
    done: (result) => report(current, { ...result, versions: { [name]: browser.version } }),
  })
  browser = await start(name, `${server.origins.same}/`)
  try {
    await Promise.race([finished, browser.ended])
  } finally {
    await browser.stop()
    server.close()
  }
}

const stops = new Set()

/** End whatever browser runs, when this process is told to end. */
export const stopBrowsers = () => Promise.all([...stops].map((stop) => stop()))

async function start(name, url) {
  const paths = await findBrowsers()
  const options = launchOptions(paths)[name]
  const profile = mkdtempSync(join(tmpdir(), 'portcall-bench-'))
  const command = paths[name] ?? playwright[name].executablePath()
  const child = spawn(command, [...argumentsOf[name](profile, options.args ?? []), url], {
    stdio: 'ignore',
    env: options.env ?? process.env,
    detached: true,
  })
  let isOver = false
  const ended = new Promise((_, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) => {
      isOver = true
      reject(new Error(`${name} ended with ${signal ?? code}`))
    })
  })
  ended.catch(() => {})
  const stop = async () => {
    stops.delete(stop)
    // The group is the browser and all its processes.
    if (child.pid) {
      try {
        process.kill(-child.pid, 'SIGKILL')
      } catch {
        // It is gone.
      }
    }
    if (!isOver) await ended.catch(() => {})
    rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
  }
  stops.add(stop)
  return { pid: child.pid, version: undefined, ended, stop }
}

const argumentsOf = {
  chromium: (profile, args) => [
    '--headless',
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    ...args,
    `--user-data-dir=${profile}`,
    '--no-first-run',
    '--no-default-browser-check',
    '--disable-background-networking',
    '--disable-background-timer-throttling',
    '--disable-backgrounding-occluded-windows',
    '--disable-breakpad',
    '--disable-component-update',
    '--disable-default-apps',
    '--disable-dev-shm-usage',
    '--disable-extensions',
    '--disable-field-trial-config',
    '--disable-renderer-backgrounding',
    '--disable-sync',
    '--mute-audio',
  ],
  firefox(profile) {
    writeFileSync(join(profile, 'user.js'), firefoxPreferences)
    return ['--headless', '--no-remote', '--new-instance', '--profile', profile]
  },
}

/** A clock finer than 1 ms, and nothing that phones home or opens a page of its own meanwhile. */
const firefoxPreferences = Object.entries({
  'privacy.reduceTimerPrecision': false,
  'app.update.enabled': false,
  'app.normandy.enabled': false,
  'browser.aboutwelcome.enabled': false,
  'browser.safebrowsing.malware.enabled': false,
  'browser.safebrowsing.phishing.enabled': false,
  'browser.shell.checkDefaultBrowser': false,
  'browser.startup.homepage_override.mstone': 'ignore',
  'browser.tabs.warnOnClose': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'extensions.update.enabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'services.settings.server': 'data:,#remote-settings-dummy/v1',
  'toolkit.telemetry.enabled': false,
  'toolkit.telemetry.unified': false,
})
  .map(([key, value]) => `user_pref(${JSON.stringify(key)}, ${JSON.stringify(value)});\n`)
  .join('')
