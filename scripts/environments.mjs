// The contract suite's outcome: environment × engine × item, printed by `npm test` and with --table written to
// docs/environments.md.
import { readFileSync, writeFileSync } from 'node:fs'

const file = new URL('../docs/environments.md', import.meta.url)
// The one list is TypeScript, which this Node cannot import.
const source = readFileSync(new URL('../test/contract/items.ts', import.meta.url), 'utf8')
const ITEMS = [...source.matchAll(/^ {2}'(.+)',$/gm)].map(([, item]) => item)
const CHANNELS = 'two channels'
const CANNOT = ', which the medium cannot'
const ENGINES = { node: 'Node', chromium: 'Chromium', firefox: 'Firefox' }

/** @param tests as reporter.mjs writes them. */
export function printEnvironments(tests, isWritten) {
  const rows = collect(tests)
  if (rows.length === 0) return
  const width = Math.max(...rows.map(({ name, engine }) => name.length + engine.length)) + 2
  console.log(`\nThe contract: tests that passed, by ${[...ITEMS, CHANNELS].join(' · ')}`)
  for (const { name, engine, cells } of rows)
    console.log(`${`${name}, ${engine}`.padEnd(width)} ${cells.map((cell) => cell.padStart(6)).join(' ')}`)
  if (isWritten) writeFileSync(file, page(rows, reasonsIn(tests)))
}

function collect(tests) {
  const found = new Map()
  for (const { engine, titles, state } of tests) {
    const at = titles.findIndex((title) => itemOf(title) !== undefined)
    if (at < 1) continue
    const [, name, inEngine] = /^(.*?)(?: in (Chromium|Firefox|WebKit|Bun|Deno|Node 26|workerd))?$/.exec(
      titles[at - 1],
    )
    const row = { name, engine: inEngine ?? ENGINES[engine] ?? engine, items: new Map() }
    const key = `${row.name}\n${row.engine}`
    if (!found.has(key)) found.set(key, row)
    const { items } = found.get(key)
    const item = itemOf(titles[at])
    const cell = items.get(item) ?? { passed: 0, failed: 0, skipped: 0, cannot: titles[at].endsWith(CANNOT) }
    cell[state]++
    items.set(item, cell)
  }
  // Other tests may have such a title, too: whoever runs the contract has them all.
  return [...found.values()]
    .filter(({ items }) => ITEMS.every((item) => items.has(item)))
    .map(({ name, engine, items }) => ({
      name,
      engine,
      cells: [...ITEMS, CHANNELS].map((item) => textOf(items.get(item))),
    }))
    .toSorted((a, b) => a.name.localeCompare(b.name) || a.engine.localeCompare(b.engine))
}

function itemOf(title) {
  const item = title.endsWith(CANNOT) ? title.slice(0, -CANNOT.length) : title
  return item === CHANNELS || ITEMS.includes(item) ? item : undefined
}

function textOf(cell) {
  if (!cell) return '–'
  const { passed, failed, skipped, cannot } = cell
  if (failed > 0) return `✗ ${failed}`
  if (cannot) return 'cannot'
  return skipped > 0 ? `${passed}, ${skipped} skipped` : String(passed)
}

/** Why tests were left out, and how many: they are run elsewhere. */
function reasonsIn(tests) {
  const counts = new Map()
  for (const { titles, note } of tests) {
    const [, engine] = / in (Bun|Deno|Node 26|workerd|WebKit)$/.exec(titles[0]) ?? []
    if (!note || !engine) continue
    const line = `| ${engine} | ${note.replace(/^medium cannot: /, '')} |`
    counts.set(line, (counts.get(line) ?? 0) + 1)
  }
  return [...counts].map(([line, count]) => `${line} ${count} |`).toSorted()
}

function page(rows, reasons) {
  const heads = ['environment', 'engine', ...ITEMS, CHANNELS]
  const lines = rows.map(({ name, engine, cells }) => `| ${[name, engine, ...cells].join(' | ')} |`)
  return `# Where it runs

Written by \`npm test -- --table\`. Every environment runs the same contract suite (\`test/contract/suite.ts\`) over its real medium; what stands in for a host that cannot be had in a test is named a *fake* in its row. The numbers are tests that passed.

| ${heads.join(' | ')} |
|${heads.map((_, i) => (i < 2 ? '---' : '--:')).join('|')}|
${lines.join('\n')}

* **cannot**: the medium carries text, or clones and cannot move. \`transfer\` must then be refused with an error that says what helps, and the buffer must stay: that is what was tested.
* **–** under *two channels*: a socket, a pipe or a broker's subject carries one RPC, another connection the next. Ports, threads and workers share the code of the channels that were tested, windows theirs.
* **skipped**: what the engine itself cannot, or does in another order:

| engine | why | tests |
|---|---|--:|
${reasons.join('\n')}
`
}
