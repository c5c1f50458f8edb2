/** The tests of pages and workers in WebKitGTK, unchanged, and the core. */
import { type RunningWebKit, startWebKit } from '../../scripts/webkit.mjs'
import type { Outcome } from './inside/running.ts'
import { servePages } from './pages.ts'
import { type Deviation, report, reportMissing, reportVersion } from './reporting.ts'
import { fatal } from './running.ts'
import { channel, memory, portable } from './suites.ts'

/** Milliseconds that one page may take. */
const LIMIT = 120_000

const pages = [
  'contract',
  'windows-contract',
  'windows-texts',
  'broadcast',
  'shared-worker',
  'service-worker',
  'websocket',
]

// The core on one page; each of the others has a page of its own, as it has in Chromium and Firefox.
const groups: readonly (readonly string[])[] = [
  [memory, channel, ...portable],
  ...pages.map((name) => [`test/browser/${name}.test.ts`]),
]

const deviations: Deviation[] = [
  {
    at: /^(?!.*(as text|WebSocket|of a bus)).* › an error that is a value beside a function arrives as one$/,
    because: 'structured clone of WebKit makes text of the cause of an Error',
  },
  {
    at: /^(?!.*WebSocket).* › S41: params that the platform refuses reject UNDELIVERABLE/,
    because: 'WebKit refuses a detached buffer by a TypeError, no DataCloneError',
  },
  {
    // Pages with tests of the core are given one (inside/page.ts).
    at: /^(?!a (linked pair|MessageChannel)).* › `using` releases, both ways$/,
    because: 'WebKit has no Symbol.dispose',
  },
  {
    at: /› details › with stacks on both sides/,
    because: 'of a bundle the stack names other files',
  },
  {
    at: /› details › S40: what a hostile peer puts into details/,
    because: 'JavaScriptCore gives each Error own members of its own: line, column, sourceURL',
  },
  {
    at: /› batch › one result of a batch that text cannot carry/,
    because: 'a page that is not isolated from other origins has no SharedArrayBuffer',
  },
  {
    at: /› life › S48: (when the peer closes its port|what waits for the hello)/,
    because: 'a MessagePort of WebKit does not tell that it was closed',
    isFatal: true,
  },
  {
    at: /› life › S48: a peer that is destroyed says so, and its port is still/,
    because: 'not understood yet: the next RPC on a port is not always heard in WebKit',
    isRace: true,
  },
]

async function runAll(browser: RunningWebKit): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  let ended = (): void => {}
  const server = await servePages(groups.flat(), { skip: fatal(deviations) }, (outcome) => {
    outcomes.push(outcome)
    if (outcome.path[0] === 'it runs to its end') ended()
  })
  try {
    for (const files of groups) {
      const end = new Promise<void>((resolve) => (ended = resolve))
      await browser.open(server.addressOf(files))
      const timer = setTimeout(() => {
        outcomes.push({ file: files[0] ?? '', path: [`it runs within ${LIMIT} ms`], state: 'fail' })
        ended()
      }, LIMIT)
      await end
      clearTimeout(timer)
    }
  } finally {
    server.stop()
  }
  return outcomes
}

async function start(): Promise<RunningWebKit | undefined> {
  try {
    return await startWebKit()
  } catch (error) {
    // `startWebKit` has said loudly what is missing.
    if (error instanceof Error && error.message.startsWith('NO WEBKIT')) return undefined
    throw error
  }
}

const browser = await start()
if (browser) {
  try {
    report('WebKit', await runAll(browser), deviations)
  } finally {
    await browser.stop()
  }
  reportVersion('WebKit', `WebKitGTK ${browser.version}`)
} else reportMissing('WebKit')
