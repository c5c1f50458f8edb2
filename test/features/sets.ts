/** Sets of features that must work together in any pair, portcall 0.1.0 among them. */
import {
  all,
  batches,
  classes,
  collections,
  diagnostics,
  dialects,
  encoding,
  errorDetails,
  exceptions,
  findUncloneable,
  frames,
  heartbeat,
  hooks,
  properties,
  references,
  RPC as CoreRPC,
  signals,
  streams,
  transferChecks,
  transfers,
  type Use,
  values,
  webLock,
  webStreams,
} from '../../src/core.ts'
import type * as current from '../../src/index.ts'
import * as portcall from '../../src/index.ts'
// oxlint-disable-next-line typescript/ban-ts-comment
// @ts-ignore: what portcall 0.1.0 was, bundled
import * as published from '../fixtures/portcall-0.1.0.mjs'
import type { FeatureName } from '../../src/features/encoding/encoding.ts'

export type Ability = FeatureName | 'transfers' | 'batches' | 'errorDetails' | 'encoding' | 'frames'

/** How one side of a pair is made, and what it can. */
export interface FeatureSet {
  readonly name: string
  readonly has: ReadonlySet<Ability>
  /** Its own copy of what marks values, and of the errors. */
  readonly library: Pick<typeof current, 'proxy' | 'transfer' | 'get' | 'set'>
  readonly make: (options: current.RPCInitOptions) => current.RPC
}

const OLD = published as typeof current

const everything: readonly Ability[] = [
  'references',
  'properties',
  'classes',
  'collections',
  'signals',
  'exceptions',
  'streams',
  'webStreams',
  'transfers',
  'batches',
  'errorDetails',
  'encoding',
  'frames',
]

const core = (name: string, use: Use, has: readonly Ability[]): FeatureSet => ({
  name,
  has: new Set(has),
  library: portcall,
  make: (options) => new CoreRPC({ ...options, use }) as unknown as current.RPC,
})

export const sets: readonly FeatureSet[] = [
  { name: 'portcall 0.1.0', has: new Set(everything), library: OLD, make: (options) => new OLD.RPC(options) },
  {
    name: 'portcall',
    has: new Set(everything),
    library: portcall,
    make: (options) => new portcall.RPC(options),
  },
  core('nothing', [], []),
  core('all', [all], everything),
  core('values', [values], ['encoding', 'references', 'signals', 'exceptions', 'transfers', 'errorDetails']),
  core('references', [references], ['encoding', 'references']),
  core('references, signals', [signals, references], ['encoding', 'references', 'signals']),
  core('properties, classes', [classes, properties], ['encoding', 'references', 'properties', 'classes']),
  core('streams, frames', [streams, frames], ['encoding', 'streams', 'frames']),
  core('webStreams', [webStreams], ['encoding', 'references', 'streams', 'webStreams']),
  core(
    'collections, references, streams',
    [collections, references, streams],
    ['encoding', 'collections', 'references', 'streams'],
  ),
  core('errorDetails, signals', [errorDetails, signals], ['encoding', 'errorDetails', 'signals']),
  core('frames, batches', [batches, frames], ['frames', 'batches']),
  core('transfers', [transfers], ['encoding', 'transfers']),
  core('encoding, exceptions', [encoding, exceptions, transferChecks], ['encoding', 'exceptions']),
  core('what adds no values', [diagnostics, dialects, heartbeat, webLock, hooks, findUncloneable], []),
]
