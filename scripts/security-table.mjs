// Write docs/security-tests.md from the reports of a test run: which tests carry which id of the acceptance list, where
// they ran, and how they ended. `npm test -- --table` calls it.
import { writeFileSync } from 'node:fs'

const file = new URL('../docs/security-tests.md', import.meta.url)

/** @param tests as reporter.mjs writes them. */
export function writeSecurityTable(tests) {
  const rows = new Map()
  for (const { engine, file, titles, state } of tests)
    for (const id of new Set(titles.join(' ').match(/\bS\d\d\b/g))) {
      const row = rows.get(id) ?? { node: 0, chromium: 0, firefox: 0, failed: 0, files: new Set() }
      rows.set(id, row)
      if (state === 'passed') row[engine]++
      else row.failed++
      row.files.add(file.replace(/^test\//, '').replace(/\.test\.ts$/, ''))
    }
  const lines = [...rows]
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([id, { node, chromium, firefox, failed, files }]) => {
      const some = [...files]
        .toSorted((a, b) => a.localeCompare(b))
        .slice(0, 4)
        .map((name) => `\`${name}\``)
      const rest = files.size > 4 ? ` and ${files.size - 4} more` : ''
      return `| ${id} | ${node || ''} | ${chromium || ''} | ${firefox || ''} | ${failed || ''} | ${some.join(', ')}${rest} |`
    })
  const text = `# What was attacked, and held

Written by \`npm test -- --table\`. The ids are those of the project's list of hostile input and dying peers (what each means is in the names of the tests, \`grep -r "S16" test\`); the numbers are tests that passed, in Node (memory, text, MessagePort, threads, processes, sockets, and browsers driven from there), and in pages of the browsers.

| id | Node | Chromium | Firefox | failed | in |
|---|--:|--:|--:|--:|---|
${lines.join('\n')}
`
  writeFileSync(file, text)
}
