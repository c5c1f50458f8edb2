// Make the documents from results/latest.json: `node bench/report/write.mjs`, or at the end of a complete run.
import { readFileSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { chartOf } from './chart.mjs'
import { documentOf, summaryOf } from './tables.mjs'

const root = new URL('../../', import.meta.url)
const block = /(?<=<!-- bench -->\n)[^]*?(?=<!-- \/bench -->)/

export function writeDocuments() {
  const latest = JSON.parse(readFileSync(new URL('bench/results/latest.json', root), 'utf8'))
  writeFileSync(new URL('docs/benchmarks.md', root), documentOf(latest))
  writeFileSync(new URL('docs/benchmarks.svg', root), chartOf(latest))
  const readme = new URL('README.md', root)
  const text = readFileSync(readme, 'utf8')
  if (block.test(text))
    writeFileSync(
      readme,
      text.replace(block, () => summaryOf(latest)),
    )
  console.log('Written to docs/benchmarks.md, docs/benchmarks.svg and README.md')
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) writeDocuments()
