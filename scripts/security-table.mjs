// Write docs/security-tests.md from the reports of a test run: which tests carry which id of the acceptance lists, where
// they ran, and how they ended. `npm test -- --table` calls it.
import { writeFileSync } from 'node:fs'
import { attacks, promises, rules } from './security-promises.mjs'

const file = new URL('../docs/security-tests.md', import.meta.url)

/** @param tests as reporter.mjs writes them. */
export function writeSecurityTable(tests) {
  const none = () => ({ places: new Map(), failed: 0, files: new Set() })
  const rows = new Map(Object.keys({ ...promises, ...rules, ...attacks }).map((id) => [id, none()]))
  for (const { engine, file, titles, state } of tests)
    for (const id of new Set(titles.join(' ').match(/\b(?:[SA]\d\d|R\d)\b/g))) {
      const row = rows.get(id)
      if (!row || state === 'skipped') continue
      if (state === 'failed') row.failed++
      else row.places.set(engine, (row.places.get(engine) ?? 0) + 1)
      row.files.add(file.replace(/^test\//, '').replace(/\.test\.ts$/, ''))
    }
  const tableOf = (texts) =>
    [
      '| id | promise | environments | result | tests |',
      '|---|---|---|---|---|',
      ...Object.keys(texts).map((id) => `| ${[id, texts[id], ...cellsOf(rows.get(id))].join(' | ')} |`),
    ].join('\n')
  const text = `# What was attacked, and held

Written by \`npm test -- --table\`: the tests that carry each id in their names, how many passed where, and in which files. *node* is everything that Node runs: memory, text, MessagePort, threads, processes, sockets, and browsers that are driven from there; *chromium* and *firefox* are pages of those browsers, on three loopback origins.

## Connections, calls and values

${tableOf(promises)}

## Costly and deceptive messages

Each row is an attack by a peer that is already connected and may call what you exposed. The rules come first: most rows follow from them.

${tableOf(rules)}

${tableOf(attacks)}
`
  writeFileSync(file, text)
}

function cellsOf({ places, failed, files }) {
  const some = [...files].toSorted((a, b) => a.localeCompare(b)).slice(0, 3)
  const rest = files.size > some.length ? ` and ${files.size - some.length} more` : ''
  return [
    [...places].map(([engine, count]) => `${engine} ${count}`).join(', '),
    failed > 0 ? `${failed} failed` : files.size > 0 ? 'held' : 'no test',
    some.map((name) => `\`${name}\``).join(', ') + rest,
  ]
}
