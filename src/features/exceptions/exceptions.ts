/** The feature `exceptions`: DOMExceptions as values, in engines that do not clone them. */
import type { Hooks, Peer } from '../../peer/seam.ts'
import { tagOf } from '../../protocol/guards.ts'
import { errorParts } from '../../values/error-details.ts'
import { clone } from '../../values/clone.ts'
import { rebuildError } from '../../values/error-reading.ts'
import { encoding } from '../encoding/encoding.ts'

let keepsExceptions: boolean | undefined

// Node 20 clones a DOMException to {}.
const isLostException = (value: object, tag: string): boolean => {
  if (tag !== 'DOMException') return false
  keepsExceptions ??= tagOf(clone(value)) === tag
  return !keepsExceptions
}

export function exceptions(peer: Peer): Hooks {
  peer.need(encoding).add({
    feature: 'exceptions',
    names: ['Error'],
    isData: true,
    is: isLostException,
    take: (value) => ({ mark: ['Error'], value: errorParts(value as Error), isNested: true }),
    revive: (_, __, value) => rebuildError(value),
  })
  return { name: 'exceptions' }
}
