import { environments } from '../environments/all.mjs'
import { goalOf } from '../goals.mjs'
import { peers } from '../peers/all.mjs'
import { rows } from '../rows.mjs'
import { isOurs, overMinimal, show, showSpread } from './figures.mjs'
import { showGoal, titleOf } from './peers.mjs'

/** For each environment one table: a column for each row, a line for each peer. */
export function sliceSection({ results }) {
  const tables = environments.flatMap(({ name, title }) => {
    const own = results.filter(({ environment, slices }) => environment === name && slices)
    return own.length > 0 ? [`### ${title}\n\n${tableOf(own)}`] : []
  })
  if (tables.length === 0) return undefined
  const [{ slices }] = results.filter((result) => result.slices)
  return `## Short slices

What a program feels whose code the optimiser has barely seen: slices of ${slices.length} ms of raw and of a library in turn, ${slices.count} of each in a round and ${slices.rounds ?? 1} rounds, every library in a fresh process or page, more than once. Columns of calls one after the other show time / raw, lower is better; the others (*rate*) show calls per second / raw, higher is better. In brackets the lowest and the highest round, and after them the median of the first rounds, of code that has just been loaded and is compiled meanwhile.

${tables.join('\n\n')}`
}

const firstIn = ({ first }) => (first ? `; ${show(first)}` : '')

function tableOf(own) {
  const columns = rows.flatMap(({ name, short }) => {
    const result = own.find(({ row }) => row === name)
    return result ? [{ result, title: `${short}${result.compare === 'rate' ? ', *rate*' : ''}` }] : []
  })
  const line = (title, cellOf) => {
    const cells = columns.map(({ result }) => cellOf(result) ?? '')
    return cells.some(Boolean) ? [`| ${title} | ${cells.join(' | ')} |`] : []
  }
  const names = peers.map(({ name }) => name).filter((name) => name !== 'raw')
  const lines = [
    `| | ${columns.map(({ title }) => title).join(' | ')} |`,
    `|---|${'--:|'.repeat(columns.length)}`,
    ...names.flatMap((name) =>
      line(isOurs(name) ? `**${titleOf(name)}**` : titleOf(name), ({ figures }) =>
        figures[name] ? `${showSpread(figures[name])}${firstIn(figures[name])}` : undefined,
      ),
    ),
    ...['portcall-core', 'portcall-wrap'].flatMap((name) =>
      line(`**${titleOf(name)}** / ${titleOf('minimal')}`, (result) => {
        const figure = overMinimal(result, name)
        return figure && showSpread(figure)
      }),
    ),
    ...line('goal of `wrap`', ({ environment, row, compare }) => {
      const goal = goalOf(environment, row, 'portcall-wrap')
      return goal && showGoal(goal, compare)
    }),
  ]
  const failed = own.flatMap(({ row, failures }) =>
    Object.entries(failures).map(
      ([peer, reason]) => `\n\nNot measured: ${row}, ${titleOf(peer)}: ${reason}.`,
    ),
  )
  return `${lines.join('\n')}${failed.join('')}`
}
