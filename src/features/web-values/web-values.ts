/** The feature `webValues`: URL, URLSearchParams and Headers are copied, which no engine clones; Blobs over media that do not. */
import { cannotBeSent } from '../../peer/outbox.ts'
import type { Hooks, Peer } from '../../peer/seam.ts'
import { tagOf } from '../../protocol/guards.ts'
import { isA } from '../../protocol/paths.ts'
import { classOf } from '../../protocol/realm.ts'
import { spend } from '../../values/budget.ts'
import { encoding } from '../encoding/encoding.ts'
import { ANYWHERE } from '../ranks.ts'

// The same text may stand in many places, and is read in each.
const isText = (value: unknown): value is string => {
  if (typeof value !== 'string') return false
  spend(1 + value.length / 16)
  return true
}

const isPair = (value: unknown): value is [string, string] =>
  Array.isArray(value) && value.length === 2 && value.every(isText)

/** Each of what stands for it, if that is of its kind. */
const made: { readonly [kind: string]: (from: unknown) => object | undefined } = {
  URL: (from) => (isText(from) ? new (classOf('URL'))(from) : undefined),
  URLSearchParams: (from) => (isText(from) ? new (classOf('URLSearchParams'))(from) : undefined),
  Headers: (from) => (Array.isArray(from) && from.every(isPair) ? new (classOf('Headers'))(from) : undefined),
}

export function webValues(peer: Peer): Hooks {
  const { add } = peer.need(encoding)
  const line = peer.transport.codec?.blobs?.()
  if (line)
    add({
      ...line,
      feature: 'webValues',
      names: ['Blob'],
      isData: true,
      is: (_, tag) => tag === 'Blob' || tag === 'File',
    })
  add({
    feature: 'webValues',
    names: Object.keys(made),
    isData: true,
    is: (_, tag) => Object.hasOwn(made, tag) || tag === 'Request' || tag === 'Response',
    take: (value) => {
      const tag = tagOf(value)
      return Object.hasOwn(made, tag)
        ? { mark: [tag], value: tag === 'Headers' ? [...(value as Headers)] : (value as URL).toString() }
        : {
            refusal: ` ${isA(tag)}, which cannot be sent: pass its parts, see docs/values.md, "Requests and responses"`,
          }
    },
    revive: (kind, _, value) => {
      const revived = made[kind]?.(value)
      if (revived) return revived
      throw new TypeError(`A ${kind} must stand as text, or as a list of pairs`)
    },
  })
  return {
    name: 'webValues',
    rank: ANYWHERE,
    ...(line && {
      around: {
        post: (next) => (message, transfer) => {
          const send = (): void => next(message, transfer)
          if (!line.wait(message, send, (error) => cannotBeSent(peer, message, error))) send()
        },
        lost: (next) => (reason) => {
          line.clear()
          next(reason)
        },
      },
    }),
  }
}
