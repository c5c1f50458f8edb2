/** Says in words why a window does not connect, from what is seen of it. */
import { originText } from '../protocol/origin-text.ts'
import type { WindowSight } from '../transport/transport.ts'
import { OPAQUE } from './origins.ts'

export interface Seen {
  readonly medium: string
  readonly refused: string | undefined
  readonly otherMessages: number
  readonly window: WindowSight
}

/** @returns a sentence about the one thing that tells most. */
export function explain({ medium, refused, otherMessages, window: seen }: Seen): string {
  const stranger = refused === undefined ? '' : originText(refused)
  const { address, allowed, expected, here, sandbox, status } = seen
  const lacks = (token: string): boolean => sandbox !== undefined && !sandbox.includes(token)
  const wrong = (origin: string): string =>
    allowed === undefined
      ? `only ${here} is let in, as \`origin\` is not given. Write origin: '${origin}'.`
      : `\`origin\` lets in only ${allowed}.`
  const asks = `does it call ${callFor(medium, here)}?`

  if (lacks('allow-scripts')) return 'No script runs in the iframe, as its sandbox lacks allow-scripts.'
  if (stranger === OPAQUE)
    return 'Its messages were refused, as its origin is opaque (a sandbox, data: or file:). Write allowOpaque: true.'
  if (stranger) return `Messages from ${stranger} were refused: ${wrong(stranger)}`
  if (lacks('allow-same-origin') && !seen.allowsOpaque)
    return 'The iframe is sandboxed without allow-same-origin, so its origin is opaque. Write allowOpaque: true.'
  if (seen.document === 'none')
    return address ? `Nothing has loaded from ${address}: does its server answer?` : `The ${medium} is empty.`
  // Who speaks and is not refused is there, whatever the address says.
  if (otherMessages)
    return `It has sent ${otherMessages} message${otherMessages === 1 ? '' : 's'}, none of portcall: ${asks}`
  if (expected && !seen.isExpected) return `The ${medium} is of ${expected}, but ${wrong(expected)}`
  if (status && status >= 400) return `Its document has the HTTP status ${status}.`
  if (seen.document === 'replaced')
    return `An error page stands for ${address}: is its server down, or framing forbidden (X-Frame-Options)?`
  if (seen.document === 'loading') return `The page at ${address} has not loaded: does its server answer?`
  if (medium === 'parent' || medium === 'opener') return `The ${medium} has not answered: ${asks}`
  return `A document has loaded and nobody has answered: ${asks} Or is it an error page (404, X-Frame-Options, server down)?`
}

/** What the peer in a window has to call, so that it finds this page. */
function callFor(medium: string, here: string): string {
  const target = { parent: 'iframe', opener: 'popup', popup: 'opener' }[medium] ?? 'parent'
  return `expose(api, windowTransport(${target}, { ${here === OPAQUE ? 'allowOpaque: true' : `origin: '${here}'`} }))`
}
