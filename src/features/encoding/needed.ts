/** Which features marks need: what a peer announces of them, and what is said where one is missing. */

/**
 * The features of values. A peer that has them all announces `values`; one that has only some announces `values`, `partial` and
 * their names. portcall 0.1.0, which does not know `partial`, then sends all of it and is refused what is missing.
 */
export type FeatureName = (typeof names)[number]

const names = [
  'references',
  'properties',
  'classes',
  'collections',
  'signals',
  'exceptions',
  'streams',
  'webStreams',
] as const

export const capabilitiesOf = (provided: ReadonlySet<FeatureName>): readonly string[] =>
  provided.size === names.length ? ['values'] : ['values', 'partial', ...[...provided].sort()]

/** The feature that a mark needs. */
export const needed: { readonly [kind: string]: FeatureName } = {
  __proto__: null as never,
  function: 'references',
  object: 'references',
  home: 'references',
  signal: 'signals',
  stream: 'streams',
  readable: 'webStreams',
  writable: 'webStreams',
  Map: 'collections',
  Set: 'collections',
  Error: 'exceptions',
}

/** @throws TypeError for a mark of a kind that this side lacks. */
export function refuseKind(kind: string): never {
  const feature = needed[kind]
  throw new TypeError(
    feature
      ? `a ${kind} arrived, and this side lacks the feature \`${feature}\``
      : `There is no kind \`${kind}\` of values`,
  )
}
