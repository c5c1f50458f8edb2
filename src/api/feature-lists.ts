/** The lists of features: `all` is what `portcall` installs; `portcall/core` exports them, for `use`. */
import { batches } from '../features/batches/batches.ts'
import { classes } from '../features/classes/classes.ts'
import { collections } from '../features/collections/collections.ts'
import { diagnostics } from '../features/diagnostics/diagnostics.ts'
import { deep } from '../features/deep/deep.ts'
import { dialects } from '../features/dialects/dialects.ts'
import { errorDetails } from '../features/error-details/error-details.ts'
import { exceptions } from '../features/exceptions/exceptions.ts'
import { findUncloneable } from '../features/find-uncloneable/find-uncloneable.ts'
import { frames } from '../features/frames/frames.ts'
import { hooks } from '../features/hooks/hooks.ts'
import { heartbeat } from '../features/liveness/heartbeat.ts'
import { webLock } from '../features/liveness/web-lock.ts'
import { properties } from '../features/properties/properties.ts'
import { references } from '../features/references/references.ts'
import { signals } from '../features/signals/signals.ts'
import { streams } from '../features/streams/streams.ts'
import { transfers } from '../features/transfers/transfers.ts'
import { unread } from '../features/unread/unread.ts'
import { webStreams } from '../features/web-streams/web-streams.ts'
import { webValues } from '../features/web-values/web-values.ts'
import type { Feature } from '../peer/seam.ts'

/** What most programs pass: functions and objects by reference, AbortSignals, transfers with their checks, errors of their class. */
export const values: readonly Feature[] = [references, signals, exceptions, transfers, errorDetails]

/** Every feature. */
export const all: readonly Feature[] = [
  references,
  properties,
  classes,
  collections,
  deep,
  signals,
  exceptions,
  transfers,
  errorDetails,
  streams,
  webStreams,
  webValues,
  frames,
  batches,
  dialects,
  heartbeat,
  webLock,
  diagnostics,
  hooks,
  unread,
  findUncloneable,
]
