import { BaseRPC } from './base.ts'
import { type RPCInitOptions, transportOf } from './options.ts'
import { registered } from './registry.ts'
import { createValues } from './values.ts'

/**
 * The RPC of a transport's endpoint and lane; made if there is none yet.
 * @throws TypeError if there is one whose transport lets in somebody else.
 */
export function sharedRPC(options: RPCInitOptions): BaseRPC {
  const transport = transportOf(options)
  return (
    (registered(transport) as BaseRPC | undefined) ??
    new BaseRPC({ ...options, transport, event: undefined, name: undefined }, { createValues })
  )
}
