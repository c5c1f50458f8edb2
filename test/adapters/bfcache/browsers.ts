/** Starts browsers as a user does: with an address, and no debugger, which may keep pages out of the cache. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, firefox } from 'playwright'

export const names = ['chromium', 'firefox'] as const

export type Name = (typeof names)[number]

const own = { chromium, firefox }

const preferences = {
  'browser.shell.checkDefaultBrowser': false,
  'browser.aboutwelcome.enabled': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'toolkit.telemetry.reportingpolicy.firstRun': false,
  'app.update.enabled': false,
  'browser.sessionstore.resume_from_crash': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'dom.disable_open_during_load': false,
}

const argsOf: Record<Name, (profile: string, url: string) => string[]> = {
  chromium: (profile, url) => [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-popup-blocking',
    '--disable-dev-shm-usage',
    '--no-first-run',
    '--no-default-browser-check',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    `--user-data-dir=${profile}`,
    url,
  ],
  firefox: (profile, url) => ['--headless', '--no-remote', '--profile', profile, url],
}

/** @returns how to end it. */
export async function open(name: Name, url: string): Promise<() => Promise<void>> {
  const script = new URL('../../../scripts/browsers.mjs', import.meta.url)
  const { findBrowsers } = (await import(script.href)) as {
    readonly findBrowsers: () => Promise<Partial<Record<Name, string>>>
  }
  const path = (await findBrowsers())[name] ?? own[name].executablePath()
  const profile = mkdtempSync(join(tmpdir(), `portcall-${name}-`))
  const lines = Object.entries(preferences).map(
    ([key, value]) => `user_pref(${JSON.stringify(key)}, ${JSON.stringify(value)});`,
  )
  writeFileSync(join(profile, 'user.js'), lines.join('\n'))
  const child = spawn(path, argsOf[name](profile, url), {
    stdio: 'ignore',
    detached: true,
    env: { ...process.env, HOME: profile },
  })
  return async () => {
    const ended = child.exitCode === null && child.signalCode === null && once(child, 'exit')
    kill(child)
    await ended
    rmSync(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
  }
}

/** With all that it has started: it is the leader of its group. */
function kill(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
  } catch (error) {
    if (Reflect.get(Object(error), 'code') !== 'ESRCH') throw error
  }
}
