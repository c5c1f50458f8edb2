import { show } from './figures.mjs'
import { titleOf } from './peers.mjs'

/** The sections of what is not a ratio to raw in every environment. */
export function studiesOf({ cost, sizes, memory, million, growth } = {}) {
  const parts = []
  if (cost) {
    const lines = cost.rows.map(
      ({ what, subject, ratio, low, high, goal }) =>
        `| ${what} | ${titleOf(subject)} | ${show(ratio)} (${show(low)} – ${show(high)}) | ${goal === undefined ? '' : `≤ ${goal}`} |`,
    )
    parts.push(
      `## Cost of a call\n\nRatios of time, lower is better: medians, in brackets the lowest and the highest round. Each sample is a process of its own, on one processor. In memory there is no clone and no thread: what is left is the library. \`core\` is \`portcall/core\` without features, \`references\` with references and signals, \`values\` with that list, \`all\` is \`portcall\`.\n\n| | | ratio | goal |\n|---|---|--:|--:|\n${lines.join('\n')}`,
    )
  }
  if (sizes) {
    const lines = sizes.rows.map(({ peer, minified, brotli, error }) =>
      error
        ? `| ${titleOf(peer)} | ${error} | |`
        : `| ${titleOf(peer)} | ${minified.toLocaleString('en')} | ${brotli.toLocaleString('en')} |`,
    )
    parts.push(
      `## Size of both sides, in bytes\n\n| | minified | minified + brotli |\n|---|--:|--:|\n${lines.join('\n')}`,
    )
  }
  if (memory) {
    const lines = memory.rows.map(({ peer, calls, count, bytes, far }) => {
      const count_ = count.toLocaleString('en')
      return `| ${titleOf(peer)} | ${count_} ${calls} | ${bytes} | ${far ?? ''} |`
    })
    parts.push(
      `## Retained memory\n\nBytes per call that are still in use after a forced collection (Node). Goal: ≤ 8.\n\n| | calls | calling side | answering side |\n|---|---|--:|--:|\n${lines.join('\n')}`,
    )
  }
  if (million) {
    const lines = million.rows.map(
      ({ peer, calls, first, last, ratio }) =>
        `| ${titleOf(peer)} | ${calls.toLocaleString('en')} | ${first.toLocaleString('en')} | ${last.toLocaleString('en')} | ${show(ratio)} |`,
    )
    parts.push(
      `## Many calls\n\nCalls per second of the first and of the last tenth, in bursts of 1,000 (Node, two cores). Goal: ≥ 0.95.\n\n| | calls | first | last | last / first |\n|---|--:|--:|--:|--:|\n${lines.join('\n')}`,
    )
  }
  if (growth)
    parts.push(
      `## Growth\n\nMicroseconds per call (Node, two cores); flat is good.\n\n${growth.rows.map(growthOf).join('\n\n')}\n\nOver one connection a burst leaves in few messages; over a thousand, each call is a message of its own, as by hand. What every connection keeps (see its memory above) is then no longer in the processor's cache when its turn comes: it grows for all, and the more, the more a library keeps.`,
    )
  return parts
}

/** Of the study `felt`. */
export function feltSection({ studies: { felt } = {} }) {
  if (!felt) return undefined
  const { rows } = felt
  const names = Object.keys(rows[0].peers)
  const head = `| | ${names.map(titleOf).join(' | ')} |\n|---|${'--:|'.repeat(names.length)}`
  const lines = rows.map(({ title, where, unit, peers }) => {
    const cells = names.map((name) => (peers[name] ? showValues(peers[name]) : ''))
    return `| ${title} (${where}, ${unit}) | ${cells.join(' | ')} |`
  })
  const starts = rows.flatMap(({ where, parts = {} }) =>
    Object.entries(parts).map(
      ([name, { ratio, goal }]) =>
        `* ${where}, ${titleOf(name)}: its part of the first call (what is more than raw's) is ${show(ratio)} × comlink's (goal ≤ ${show(goal)}).`,
    ),
  )
  return `## What is felt once\n\nLower is better: the median, in brackets the lowest and the highest sample. Each sample is a fresh process or page with bundles of that library alone, minified; in Chromium they are sent compressed. Where a cell is empty, the library cannot do it.\n\n${head}\n${lines.join('\n')}\n\n${starts.join('\n')}`
}

const showValues = ({ value, low, high }) => `${digits(value)} (${digits(low)} – ${digits(high)})`

const digits = (value) => (value >= 1_000 ? Math.round(value).toLocaleString('en') : show(value))

function growthOf({ title, sizes, figures }) {
  const head = `| ${title} | ${sizes.map((size) => size.toLocaleString('en')).join(' | ')} |\n|---|${'--:|'.repeat(sizes.length)}`
  const lines = Object.entries(figures).map(
    ([key, bySize]) => `| ${key} | ${sizes.map((size) => bySize[size]).join(' | ')} |`,
  )
  return `${head}\n${lines.join('\n')}`
}
