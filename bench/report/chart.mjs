import { environments } from '../environments/all.mjs'
import { peerOf } from '../peers/all.mjs'
import { isOurs, show } from './figures.mjs'

const WIDTH = 860
const BAR = 14
const LINE = 20
const LABEL = 130
const GAP = 26
const HALF = WIDTH / 2

/** For each environment the bursts on the left and the sequential calls on the right, as bars against raw. */
export function chartOf({ results }) {
  const parts = []
  let y = 56
  for (const { name, title } of environments) {
    const left = barsOf(results, name, 'burst-1000')
    const right = barsOf(results, name, 'sequential')
    if (left.length + right.length === 0) continue
    parts.push(text(16, y, title, 'heading'))
    y += 12
    parts.push(...draw(left, 16, y), ...draw(right, HALF + 16, y))
    y += Math.max(left.length, right.length) * LINE + GAP
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" width="${WIDTH}" height="${y}" role="img" aria-label="portcall and others against raw postMessage">
<style>
text { font: 12px system-ui, sans-serif; fill: #24292f }
.title { font-size: 14px; font-weight: 600 } .heading { font-weight: 600 } .note { fill: #57606a }
.bar { fill: #8c959f } .ours { fill: #0969da } .raw { fill: #bf8700 }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 } .note { fill: #9198a1 } .bar { fill: #656c76 } .ours { fill: #4493f8 } .raw { fill: #d29922 }
}
</style>
${text(16, 22, '1,000 calls at once: rate / raw, longer is better', 'title')}
${text(HALF + 16, 22, 'One call after the other: time / raw, shorter is better', 'title')}
${parts.join('\n')}
</svg>
`
}

/** The best six of a row, and portcall and raw wherever they stand. */
function barsOf(results, environment, row) {
  const result = results.find((one) => one.environment === environment && one.row === row && !one.slices)
  if (!result) return []
  const sign = result.compare === 'time' ? 1 : -1
  return Object.entries(result.figures)
    .filter(([name]) => name !== 'minimal')
    .toSorted(([, a], [, b]) => sign * (a.ratio - b.ratio))
    .filter(([name], place) => place < 7 || isOurs(name) || name === 'raw')
}

function draw(bars, x, y) {
  const most = Math.max(...bars.map(([, { ratio }]) => ratio))
  const full = HALF - LABEL - 80
  return bars.map(([name, { ratio }], i) => {
    const kind = isOurs(name) ? 'ours' : name === 'raw' ? 'raw' : 'bar'
    const width = Math.max(1, (ratio / most) * full)
    const top = y + i * LINE
    const title = peerOf(name).title.replaceAll('`', '')
    const bar = `<rect class="${kind}" x="${x + LABEL}" y="${top}" width="${width.toFixed(1)}" height="${BAR}" rx="2"/>`
    return `${text(x, top + BAR - 3, title)}${bar}${text(x + LABEL + width + 6, top + BAR - 3, show(ratio), 'note')}`
  })
}

function text(x, y, content, kind) {
  return `<text x="${Number(x.toFixed(1))}" y="${y}"${kind ? ` class="${kind}"` : ''}>${content}</text>`
}
