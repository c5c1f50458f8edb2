/** What one connection may make this side hold or do. Each field names the attack or accident that it bounds. */
export interface Limits {
  /** Own calls without an answer. Bounds calls to a peer that never answers: more reject BUSY. */
  readonly maxPending: number
  /** Handlers of the peer's calls that have not finished. Bounds a flood of slow calls: more are answered BUSY. */
  readonly maxInFlight: number
  /** Entries of one batch. Bounds one message that starts a million calls: a longer one is answered TOO_LARGE, nothing is run. */
  readonly maxBatch: number
  /** Levels of nesting in params and results. Bounds stack use here, and values that engines lose silently: deeper rejects UNDELIVERABLE. */
  readonly maxDepth: number
  /** Functions, objects, signals and streams passed by reference and not given back, each way. Bounds references that are never released: more reject BUSY. */
  readonly maxReferences: number
  /** Items of a stream that may be under way or waiting. Bounds what a slow consumer must hold; 64 where they are objects. At most 65,536. */
  readonly streamCredit: number
  /** Messages that wait for the other side to introduce itself. Bounds calls to a peer that never comes: more reject BUSY. */
  readonly maxQueuedBeforeConnect: number
}

const defaults: Limits = {
  maxPending: 65_536,
  maxInFlight: 16_384,
  maxBatch: 1_000,
  maxDepth: 1_000,
  maxReferences: 262_144,
  streamCredit: 1_024,
  maxQueuedBeforeConnect: 10_000,
}

/** The defaults, and what differs; a limit that is undefined is its default. */
export function limitsOf(given: Partial<Limits> = {}): Limits {
  const limits: { -readonly [K in keyof Limits]: number } = { ...defaults }
  for (const name of Object.keys(defaults) as (keyof Limits)[]) limits[name] = given[name] ?? defaults[name]
  return limits
}
