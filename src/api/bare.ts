import { batches, type BatchCall, type BatchResult, collectBatch } from '../features/batches/batches.ts'
import { culprit } from '../features/find-uncloneable/find-uncloneable.ts'
import { details } from '../features/error-details/error-details.ts'
import { diagnostics } from '../features/diagnostics/diagnostics.ts'
import { dialects } from '../features/dialects/dialects.ts'
import { frames } from '../features/frames/frames.ts'
import { heartbeat } from '../features/liveness/heartbeat.ts'
import { middleware } from '../features/hooks/hooks.ts'
import { checks } from '../features/transfers/transfer-checks.ts'
import { values } from '../features/encoding/encoding.ts'
import { vigil } from '../features/liveness/web-lock.ts'
import type { Feature } from '../peer/seam.ts'
import { type RPCInitOptions, transportOf } from './options.ts'
import { BaseRPC, peerOf } from './rpc.ts'

const preset: readonly Feature[] = [
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
  checks,
]

/** What `portcall/core` was before features: everything but the values that cross by reference. */
export class CoreRPC extends BaseRPC {
  readonly batch: <const T extends readonly unknown[]>(
    collect: (call: BatchCall) => T,
  ) => Promise<BatchResult<T>> = (collect) => collectBatch(collect, peerOf(this))

  constructor(options: RPCInitOptions) {
    super(options, preset, transportOf)
  }
}
