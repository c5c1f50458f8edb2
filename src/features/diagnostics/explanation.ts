/** Says in words what keeps a peer away, from the data of `rpc.connection`. */
import type { WindowSight } from '../../transport/transport.ts'
import type { ConnectionInfo } from './connection-info.ts'

type Info = Omit<ConnectionInfo, 'explanation'>

/** @returns one sentence or two; nothing while the peer is there. */
export function explain(info: Info): string {
  const { medium, state, lastFailure, lastRefusal, otherMessages, window } = info
  if (state === 'connected' || state === 'closed') return ''
  const said: string[] = []
  if (window) said.push(inWindow(info, window))
  else {
    if (lastRefusal) said.push(`Messages from ${lastRefusal} were refused.`)
    if (otherMessages) said.push(`${messages(otherMessages)} could not be read as JSON-RPC.`)
    if (!lastFailure) said.push(`Does the code behind the ${medium} call expose()?`)
  }
  if (lastFailure) said.push(`Last failure: ${lastFailure}.`)
  return said.join(' ')
}

const messages = (count: number): string => `${count} message${count === 1 ? '' : 's'}`

function inWindow({ medium, lastRefusal, otherMessages }: Info, seen: WindowSight): string {
  const { address, allowed, expected, here, sandbox, status } = seen
  const lacks = (token: string): boolean => sandbox !== undefined && !sandbox.includes(token)
  const wrong = (origin: string): string =>
    allowed === undefined
      ? `only ${here} is let in, as \`origin\` is not given. Write origin: '${origin}'.`
      : `\`origin\` lets in only ${allowed}.`
  const asks = `does it call ${callFor(medium, here)}?`

  if (lacks('allow-scripts')) return 'No script runs in the iframe, as its sandbox lacks allow-scripts.'
  if (lastRefusal === 'null')
    return 'Its messages were refused, as its origin is opaque (a sandbox, data: or file:). Write allowOpaque: true.'
  if (lastRefusal) return `Messages from ${lastRefusal} were refused: ${wrong(lastRefusal)}`
  if (lacks('allow-same-origin') && !seen.allowsOpaque)
    return 'The iframe is sandboxed without allow-same-origin, so its origin is opaque. Write allowOpaque: true.'
  if (seen.document === 'none')
    return address ? `Nothing has loaded from ${address}: does its server answer?` : `The ${medium} is empty.`
  // Who speaks and is not refused is there, whatever the address says.
  if (otherMessages) return `It has sent ${messages(otherMessages)}, none of portcall: ${asks}`
  if (expected && !seen.isExpected) return `The ${medium} is of ${expected}, but ${wrong(expected)}`
  if (status && status >= 400) return `Its document has the HTTP status ${status}.`
  if (seen.document === 'replaced')
    return `An error page stands for ${address}: is its server down, or framing forbidden (X-Frame-Options)?`
  if (seen.document === 'loading') return `The page at ${address} has not loaded: does its server answer?`
  if (medium === 'parent' || medium === 'opener') return `The ${medium} has not answered: ${asks}`
  return `A document has loaded and nobody has answered: ${asks} Or is it an error page (404, X-Frame-Options)?`
}

/** What the peer in a window has to call, so that it finds this page. */
function callFor(medium: string, here: string): string {
  const target = { parent: 'iframe', opener: 'popup', popup: 'opener' }[medium] ?? 'parent'
  return `expose(api, windowTransport(${target}, { ${here === 'null' ? 'allowOpaque: true' : `origin: '${here}'`} }))`
}
