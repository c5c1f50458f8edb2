// Write docs/security-tests.md from the reports of a test run: which tests carry which id of the acceptance list, where
// they ran, and how they ended. `npm test -- --table` calls it.
import { writeFileSync } from 'node:fs'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../', import.meta.url))
const file = new URL('../docs/security-tests.md', import.meta.url)

/** @param reports by the name of the run, the JSON reports of Vitest. */
export function writeSecurityTable(reports) {
  const rows = new Map()
  for (const [run, { testResults }] of Object.entries(reports))
    for (const { name, assertionResults } of testResults)
      for (const { fullName, status } of assertionResults)
        for (const [id] of fullName.matchAll(/\bS\d\d\b/g)) {
          const row = rows.get(id) ?? { node: 0, browser: 0, failed: 0, files: new Set() }
          rows.set(id, row)
          if (status === 'passed') row[run]++
          else row.failed++
          row.files.add(
            relative(root, name)
              .replace(/^test\//, '')
              .replace(/\.test\.ts$/, ''),
          )
        }
  const lines = [...rows]
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([id, { node, browser, failed, files }]) => {
      const some = [...files]
        .toSorted((a, b) => a.localeCompare(b))
        .slice(0, 4)
        .map((name) => `\`${name}\``)
      const rest = files.size > 4 ? ` and ${files.size - 4} more` : ''
      return `| ${id} | ${node || ''} | ${browser || ''} | ${failed || ''} | ${some.join(', ')}${rest} |`
    })
  const text = `# What was attacked, and held

Written by \`npm test -- --table\`. The ids are those of the project's list of hostile input and dying peers (what each means is in the names of the tests, \`grep -r "S16" test\`); the numbers are tests that passed, in Node (memory, text, MessagePort, threads, processes, sockets) and in browsers (each in Chromium and Firefox).

| id | Node | browsers | failed | in |
|---|--:|--:|--:|---|
${lines.join('\n')}
`
  writeFileSync(file, text)
}
