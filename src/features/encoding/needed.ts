/** Which features marks need: what a peer announces of them, and what is said where one is missing. */

/**
 * The features of values. A peer that has them all announces `values`; one that has only some announces `values`, `partial` and
 * their names. portcall 0.1.0, which does not know `partial`, then sends all of it and is refused what is missing.
 */
export type FeatureName =
  | 'references'
  | 'properties'
  | 'classes'
  | 'collections'
  | 'signals'
  | 'exceptions'
  | 'streams'
  | 'webStreams'
  | 'webValues'
  | 'deep'

/** How many those are: a number, as a list of their names would be 60 bytes of every bundle. Golden transcripts fail where it is wrong. */
const ALL = 8

export const capabilitiesOf = (provided: ReadonlySet<FeatureName>): readonly string[] => [
  'values',
  ...(ALL === [...provided].filter(isOld).length ? [] : ['partial', ...[...provided].filter(isOld).sort()]),
  ...[...provided].filter((name) => !isOld(name)),
]

/** Others are younger than `partial`: they are named always. */
export const isOld = (feature: FeatureName): boolean => feature !== 'webValues' && feature !== 'deep'

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
  Blob: 'webValues',
  URL: 'webValues',
  URLSearchParams: 'webValues',
  Headers: 'webValues',
  deep: 'deep',
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
