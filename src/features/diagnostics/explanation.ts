/** Says in words what keeps a peer away, from the data of `rpc.connection`. */
import type { ConnectionInfo } from './connection-info.ts'

/**
 * @param seen what the transport says of it, where it has looked.
 * @returns one sentence or more; nothing while the peer is there.
 */
export function explain(info: Omit<ConnectionInfo, 'explanation'>, seen: string | undefined): string {
  const { medium, state, lastFailure, lastRefusal, otherMessages } = info
  if (state === 'connected' || state === 'closed') return ''
  const said: string[] = []
  if (seen) said.push(seen)
  else {
    if (lastRefusal) said.push(`Messages from ${lastRefusal} were refused.`)
    if (otherMessages)
      said.push(`${otherMessages} message${otherMessages === 1 ? '' : 's'} could not be read as JSON-RPC.`)
    if (!lastFailure) said.push(`Does the code behind the ${medium} call expose()?`)
  }
  if (lastFailure) said.push(`Last failure: ${lastFailure}.`)
  return said.join(' ')
}
