/** The feature `collections`: references, signals and streams may stand in Maps and Sets, too. */
import type { Hooks, Peer } from '../../peer/seam.ts'
import { createLate, listOf } from '../../values/collections.ts'
import { encoding } from '../encoding/encoding.ts'

export function collections(peer: Peer): Hooks {
  peer.need(encoding).collect({ listOf, createLate })
  return { name: 'collections' }
}
