/**
 * What portcall is to reach, as ratios to raw, or to the peer that is named by `over`: at most where time is compared, at least
 * where rates are. They hold in short slices and hot. `among` leaves out environments; the first that fits counts.
 */
const goals = [
  { row: /^sequential/, peer: 'portcall-wrap', among: /^node-|-worker$/, ratio: 1.06, over: 'minimal' },
  { row: /^sequential/, peer: 'portcall-core', among: /^node-|-worker$/, ratio: 1.04, over: 'minimal' },
  { row: /^sequential/, peer: 'portcall-wrap', among: /^firefox-iframe-/, ratio: 1.3 },
  { row: /^object-/, peer: /^portcall-(wrap|core)$/, among: /./, ratio: 1.05, over: 'minimal' },
  { row: /^burst-(map|bytes)$/, peer: 'portcall-wrap', among: /./, ratio: 0.9 },
  { row: /^burst-/, peer: 'portcall-wrap', among: 'chromium-worker', ratio: 5 },
  { row: /^burst-/, peer: 'portcall-wrap', among: 'firefox-worker', ratio: 4 },
  { row: /^burst-/, peer: 'portcall-wrap', among: /-iframe-/, ratio: 10 },
  { row: /^burst-/, peer: 'portcall-wrap', among: 'node-two-cores', ratio: 1.7 },
  { row: 'buffer-transferred', peer: 'portcall-wrap', among: /^node-/, ratio: 1.25 },
  { row: 'buffer-transferred', peer: 'portcall-wrap', among: /./, ratio: 1.15 },
  { row: 'notifications', peer: /^portcall-(wrap|invoke)$/, among: /^chromium-/, ratio: 4.3 },
  { row: 'notifications', peer: /^portcall-(wrap|invoke)$/, among: 'node-two-cores', ratio: 1.9 },
]

/** The first call: the part of a library, over the part of comlink. */
export const startGoals = { 'portcall-core': 1.5, 'portcall-wrap': 2.5 }

const fits = (pattern, name) => (pattern instanceof RegExp ? pattern.test(name) : pattern === name)

/** The goal, with `ratio` and perhaps `over`; undefined where none was set. */
export const goalOf = (environment, row, peer) =>
  goals.find((goal) => fits(goal.row, row) && fits(goal.peer, peer) && fits(goal.among, environment))
