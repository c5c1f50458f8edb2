// The parts in which the Node tests run, one after the other: the folders of test/ in each, and how many files of it run at a time.
// A folder that no part names is in the last.
import { readdirSync } from 'node:fs'

const root = new URL('../test/', import.meta.url)
/** Not Node's. */
const others = ['browser', 'consumers', 'stacks']

const fast = ['api', 'copies', 'features', 'interop', 'peer', 'protocol', 'spec', 'windows']
/** They measure the processor and the heap. */
const cost = ['cost', 'fuzz', 'leaks', 'security']

const rest = readdirSync(root, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && ![...others, ...fast, ...cost].includes(entry.name))
  .map(({ name }) => name)

const part = (folders, workers) => ({ filters: folders.map((name) => `test/${name}/`), workers })

export const parts = {
  fast: part(fast, 2),
  cost: part(cost, 2),
  // Most of their time is waiting: for browsers, processes, deadlines.
  places: part(rest, 3),
}
