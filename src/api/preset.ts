/** Every feature, in the order that `portcall` has them: the outermost first. */
import type { Feature } from '../peer/seam.ts'
import { batches } from '../features/batches/batches.ts'
import { culprit } from '../features/find-uncloneable/find-uncloneable.ts'
import { details, exceptions } from '../features/error-details/error-details.ts'
import { diagnostics } from '../features/diagnostics/diagnostics.ts'
import { dialects } from '../features/dialects/dialects.ts'
import { frames } from '../features/frames/frames.ts'
import { heartbeat } from '../features/liveness/heartbeat.ts'
import { middleware } from '../features/hooks/hooks.ts'
import { classes } from '../features/classes/classes.ts'
import { properties } from '../features/properties/properties.ts'
import { references } from '../features/references/references.ts'
import { signals } from '../features/signals/signals.ts'
import { streams } from '../features/streams/streams.ts'
import { transfers, unwrapping } from '../features/transfers/transfers.ts'
import { collections, values } from '../features/encoding/encoding.ts'
import { vigil } from '../features/liveness/web-lock.ts'
import { webstreams } from '../features/web-streams/web-streams.ts'

/** All that crosses: functions, objects, classes, signals, streams, and what moves. */
export const allValues: readonly Feature[] = [
  references,
  collections,
  properties,
  classes,
  transfers,
  signals,
  exceptions,
  webstreams,
  streams,
]

export const all: readonly Feature[] = [
  unwrapping,
  diagnostics,
  dialects,
  middleware,
  details,
  heartbeat,
  values,
  vigil,
  frames,
  batches,
  culprit,
  ...allValues,
]
