// What the documents say of peers. Apart from figures.mjs, which the live page imports without all peers.
import { peerOf, peers } from '../peers/all.mjs'
import { isBetter, show } from './figures.mjs'

/** Peers from npm; what is written by hand is no competitor. */
export const packages = new Set(peers.flatMap((peer) => (peer.package ? [peer.name] : [])))

/** The peer from npm with the best ratio of a row, of those that a test lets through; undefined where there is none. */
export function bestPeer({ compare, figures }, test = () => true) {
  const others = Object.keys(figures).filter((name) => packages.has(name) && test(figures[name]))
  return others.toSorted((a, b) => (isBetter(compare, figures[a].ratio, figures[b].ratio) ? -1 : 1))[0]
}

export const showGoal = ({ ratio, over }, compare) =>
  `${compare === 'time' ? '≤' : '≥'} ${show(ratio)}${over ? ` × ${titleOf(over)}` : ''}`

export const titleOf = (name) => peerOf(name)?.title ?? name
