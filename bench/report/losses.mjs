import { environments } from '../environments/all.mjs'
import { goalOf } from '../goals.mjs'
import { reasonOf, startReason } from '../reasons.mjs'
import { rowOf } from '../rows.mjs'
import { isBetter, isOurs, isWhollyBetter, overMinimal, show } from './figures.mjs'
import { bestPeer, titleOf } from './peers.mjs'

/** Where a goal is missed, or a peer is ahead by more than the spread of both: under each reason, what it is the reason of. */
export function lossesOf({ results, studies }) {
  const byReason = new Map()
  const add = (reason, line) => byReason.set(reason, [...(byReason.get(reason) ?? []), line])
  for (const result of results) {
    const { environment, row, figures } = result
    const behind = Object.keys(figures)
      .filter(isOurs)
      .flatMap((name) => {
        const against = [missedGoal(result, name), leaderOf(result, name)].filter(Boolean)
        return against.length > 0 ? [{ name, against }] : []
      })
    if (behind.length === 0) continue
    const said = behind.map(
      ({ name, against }) => `${titleOf(name)} ${show(figures[name].ratio)} (${against.join(', ')})`,
    )
    const { title } = environments.find((one) => one.name === environment)
    const how = result.slices ? 'short slices, ' : ''
    const reason = reasonOf(
      environment,
      row,
      behind.map(({ name }) => name),
    )
    add(reason, `* ${title}, ${how}${rowOf(row).title}: ${said.join('; ')}.`)
  }
  for (const line of lateStarts(studies)) add(startReason, line)
  if (byReason.size === 0) return 'Nowhere in this run.'
  return [...byReason]
    .map(([reason = 'No reason is known:', lines]) => `${reason}\n\n${lines.join('\n')}`)
    .join('\n\n')
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
