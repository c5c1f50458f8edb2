// The parts in which the Node tests run, one after the other: the folders of test/ in each, and how many files of it run at a time.
// A folder that no part names is in the last.
import { readdirSync } from 'node:fs'

const root = new URL('../test/', import.meta.url)
/** Not Node's. */
const others = ['browser', 'consumers', 'stacks']

const fast = ['api', 'copies', 'features', 'interop', 'peer', 'protocol', 'spec', 'windows']
/** They measure the processor and the heap. */
const cost = ['cost', 'fuzz', 'leaks', 'security']
const places = ['adapters', 'contract', 'deaths']

const rest = readdirSync(root, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && ![...others, ...fast, ...cost, ...places].includes(entry.name))
  .map(({ name }) => name)

const paths = (names) => names.map((name) => `test/${name}/`)

export const parts = {
  fast: { folders: paths(fast), workers: 2 },
  cost: { folders: paths(cost), workers: 2 },
  // Most of their time is waiting: for browsers, processes, deadlines.
  places: { folders: paths(places), workers: 3 },
  rest: { folders: paths(rest), workers: 3 },
}

const files = readdirSync(new URL('browser/', root)).filter((name) => name.endsWith('.test.ts'))
const isOfWindows = (name) => /^(windows|copies|connection)-/.test(name)
const inBrowser = (names) => names.map((name) => `test/browser/${name}`)

/** The same of the tests in browsers: their files. */
export const browserParts = {
  browser: inBrowser(files.filter((name) => !isOfWindows(name))),
  windows: inBrowser(files.filter(isOfWindows)),
}
