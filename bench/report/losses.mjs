import { environments } from '../environments/all.mjs'
import { goalOf } from '../goals.mjs'
import { reasonOf } from '../reasons.mjs'
import { rowOf } from '../rows.mjs'
import { isBetter, isOurs, isWhollyBetter, overMinimal, show } from './figures.mjs'
import { bestPeer, titleOf } from './peers.mjs'

/** Where a goal is missed, or a peer is ahead by more than the spread of both. */
export function lossesOf({ results, studies }) {
  const lines = results.flatMap((result) => {
    const { environment, row, figures } = result
    const said = Object.keys(figures)
      .filter(isOurs)
      .flatMap((name) => {
        const against = [missedGoal(result, name), leaderOf(result, name)].filter(Boolean)
        return against.length > 0
          ? [`${titleOf(name)} ${show(figures[name].ratio)} (${against.join(', ')})`]
          : []
      })
    if (said.length === 0) return []
    const { title } = environments.find((one) => one.name === environment)
    const reason = reasonOf(environment, row)
    const how = result.slices ? 'short slices, ' : ''
    return [`* ${title}, ${how}${rowOf(row).title}: ${said.join('; ')}.${reason ? ` ${reason}` : ''}`]
  })
  lines.push(...lateStarts(studies))
  return lines.length > 0 ? lines.join('\n') : 'Nowhere in this run.'
}

/** Where the first call takes longer than its goal. */
const lateStarts = ({ felt } = {}) =>
  (felt?.rows ?? []).flatMap(({ where, parts = {} }) =>
    Object.entries(parts)
      .filter(([, { ratio, goal }]) => ratio > goal)
      .map(
        ([name, { ratio, goal }]) =>
          `* ${where}, first call: the part of ${titleOf(name)} is ${show(ratio)} × comlink's (goal ${show(goal)}).`,
      ),
  )

function missedGoal(result, name) {
  const { environment, row, compare, figures } = result
  const goal = goalOf(environment, row, name)
  const figure = goal?.over ? overMinimal(result, name) : figures[name]
  if (!goal || !figure || !isBetter(compare, goal.ratio, figure.ratio)) return undefined
  const best = compare === 'time' ? figure.low : figure.high
  const isReached = !isBetter(compare, goal.ratio, best)
  const over = goal.over ? `${show(figure.ratio)} × ${titleOf(goal.over)}, ` : ''
  return `${over}goal ${show(goal.ratio)}${isReached ? ', within the spread' : ''}`
}

/** The best of the peers that are wholly ahead. */
function leaderOf(result, name) {
  const { compare, figures } = result
  const best = bestPeer(result, (figure) => isWhollyBetter(compare, figure, figures[name]))
  return best && `${titleOf(best)} ${show(figures[best].ratio)}`
}
