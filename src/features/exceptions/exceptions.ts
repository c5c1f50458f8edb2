/** The feature `exceptions`: errors as values keep their class and fields, as thrown ones do, in engines that lose them. */
import type { Hooks, Peer } from '../../peer/seam.ts'
import { isObject, tagOf } from '../../protocol/guards.ts'
import { clone } from '../../values/clone.ts'
import { detailOf, type ErrorDetail, errorParts } from '../../values/error-details.ts'
import { rebuildError } from '../../values/error-reading.ts'
import { encoding } from '../encoding/encoding.ts'

let keepsExceptions: boolean | undefined

// Node 20 clones a DOMException to {}.
const isLostException = (value: object): boolean => {
  keepsExceptions ??= tagOf(clone(value)) === 'DOMException'
  return !keepsExceptions
}

const clonedClasses: readonly unknown[] = [
  Error,
  TypeError,
  RangeError,
  SyntaxError,
  ReferenceError,
  EvalError,
  URIError,
].map(({ prototype }) => prototype)

const innerOf = (error: object): readonly unknown[] =>
  ['cause', 'errors'].flatMap((key) => Object.getOwnPropertyDescriptor(error, key)?.value as unknown)

// Of others an engine loses the class, the fields, or the errors in it.
const losesSome = (error: object): boolean =>
  !clonedClasses.includes(Object.getPrototypeOf(error)) ||
  Object.keys(error).length > 0 ||
  innerOf(error).some((inner) => isObject(inner) && tagOf(inner) === 'Error')

/** Whether an error is in itself, as engines that clone allow. */
function isInItself(error: object): boolean {
  const seen = new Set(innerOf(error))
  for (const inner of seen) if (isObject(inner)) for (const next of innerOf(inner)) seen.add(next)
  return seen.has(error)
}

export function exceptions(peer: Peer, { errors }: { readonly errors?: ErrorDetail }): Hooks {
  const isTaken = (): boolean =>
    peer.state === 'waiting' || (peer.can('values') && (!peer.can('partial') || peer.can('exceptions')))
  const { codec } = peer.transport
  peer.need(encoding).add({
    feature: 'exceptions',
    names: ['Error'],
    isData: true,
    is: (value, tag) =>
      tag === 'DOMException'
        ? Boolean(codec) || isLostException(value)
        : tag === 'Error' && (Boolean(codec) || (isTaken() && losesSome(value))),
    take: (value) => {
      const parts = errorParts(value as Error, detailOf(peer.transport, errors))
      if (isInItself(value)) {
        delete parts['cause']
        delete parts['errors']
      }
      return { mark: ['Error'], value: parts, isNested: true }
    },
    revive: (_, __, value) => rebuildError(value, detailOf(peer.transport, errors) === 'stack'),
  })
  return { name: 'exceptions' }
}
