/**
 * What portcall is to reach, as ratios to raw: at most where time is compared, at least where rates are. `among` leaves out
 * environments; the first that fits counts.
 */
export const goals = [
  { row: 'sequential', peer: 'portcall-invoke', among: /^(node-one-core|.*-worker)$/, ratio: 1.08 },
  { row: 'sequential', peer: 'portcall-wrap', among: /^(node-one-core|.*-worker)$/, ratio: 1.12 },
  { row: 'sequential', peer: 'portcall-wrap', among: /-iframe-site$/, ratio: 0.45 },
  { row: 'sequential', peer: 'portcall-wrap', among: /-iframe-/, ratio: 0.85 },
  { row: /^burst-10*$/, peer: 'portcall-wrap', among: 'chromium-worker', ratio: 6 },
  { row: /^burst-10*$/, peer: 'portcall-wrap', among: 'firefox-worker', ratio: 4 },
  { row: /^burst-10*$/, peer: 'portcall-wrap', among: /^chromium-iframe-/, ratio: 10 },
  { row: /^burst-10*$/, peer: 'portcall-wrap', among: 'node-two-cores', ratio: 1.7 },
  { row: /^burst-(10*|object)$/, peer: 'portcall-wrap', among: 'node-one-core', ratio: 0.95 },
  { row: 'burst-object', peer: 'portcall-wrap', among: 'chromium-worker', ratio: 5 },
  { row: 'burst-object', peer: 'portcall-wrap', among: 'firefox-worker', ratio: 3 },
  { row: 'burst-object', peer: 'portcall-wrap', among: /^chromium-iframe-/, ratio: 9 },
  { row: 'burst-object', peer: 'portcall-wrap', among: 'node-two-cores', ratio: 1.2 },
  { row: 'burst-map', peer: 'portcall-wrap', among: /./, ratio: 0.85 },
  { row: 'notifications', peer: 'portcall-wrap', among: /^chromium-/, ratio: 6 },
  { row: 'notifications', peer: 'portcall-wrap', among: /^node-/, ratio: 2 },
  { row: /^(object|buffer)-/, peer: 'portcall-wrap', among: /./, ratio: 1.05 },
]

const fits = (pattern, name) => (pattern instanceof RegExp ? pattern.test(name) : pattern === name)

/** The ratio that is to be reached; undefined where none was set. */
export const goalOf = (environment, row, peer) =>
  goals.find((goal) => fits(goal.row, row) && goal.peer === peer && fits(goal.among, environment))?.ratio
