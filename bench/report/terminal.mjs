import { environments } from '../environments/all.mjs'
import { peerOf } from '../peers/all.mjs'
import { rowOf } from '../rows.mjs'
import { show } from './figures.mjs'

/** A table for the terminal. */
export function printFigures({ environment, row: name, compare, isPinned, slices, rounds, figures, runs }) {
  const row = rowOf(name)
  const { title } = environments.find((one) => one.name === environment)
  const where = `${title}${isPinned ? ', pinned' : ''}${slices ? `, slices of ${slices.length} ms` : ''}`
  console.log(`\n${where}: ${row.title} (${runs.length} × ${rounds} rounds)`)
  const better = compare === 'time' ? 'time / raw, low is good' : 'rate / raw, high is good'
  print('', better, 'over the runs', `${row.per ?? 'call'}s/s`)
  const good = compare === 'time' ? 1 : -1
  for (const [peer, figure] of Object.entries(figures).toSorted(
    ([, a], [, b]) => good * (a.ratio - b.ratio),
  )) {
    const first = figure.first ? `, first ${show(figure.first)}` : ''
    const spread = peer === 'raw' ? '' : `${show(figure.low)} – ${show(figure.high)}${first}`
    print(`  ${peerOf(peer).title}`, show(figure.ratio), spread, figure.perSecond.toLocaleString('en'))
  }
}

export function printStudy(name, title, { rows, failures = [] }) {
  console.log(`\n${title}`)
  for (const failure of failures) console.log(`  Not measured: ${failure}`)
  for (const row of rows) {
    if (name === 'felt') {
      const cells = Object.entries(row.peers).map(([peer, { value }]) => `${peer} ${show(value)}`)
      console.log(`  ${row.where}, ${row.title} (${row.unit}): ${cells.join(', ')}`)
    } else if (name === 'growth')
      for (const [key, bySize] of Object.entries(row.figures))
        console.log(
          `  ${row.title}, ${key}: ${Object.entries(bySize)
            .map((pair) => pair.join(': '))
            .join(', ')}`,
        )
    else
      console.log(
        `  ${Object.entries(row)
          .map((pair) => pair.join(' '))
          .join(', ')}`,
      )
  }
}

/** What could not be measured, and why. */
export function printFailures(results, problems) {
  const lines = results.flatMap(({ environment, row, failures }) =>
    Object.entries(failures).map(([peer, reason]) => `${environment}, ${row}, ${peer}: ${reason}`),
  )
  if (lines.length + problems.length === 0) return
  console.log('\nNot measured')
  for (const line of [...lines, ...problems]) console.log(`  ${line}`)
}

function print(title, ratio, spread, rate) {
  console.log(title.padEnd(22) + ratio.padStart(26) + spread.padStart(30) + rate.padStart(14))
}
