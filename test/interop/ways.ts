/** The ways to meet a peer that is not portcall. */
import type { Dialect, RPCInitOptions } from '../../src/index.ts'
import { faultsIn } from './frames.ts'

/** What our side is told about the peer. */
export type Told = Pick<RPCInitOptions, 'dialect' | 'plain'>

/** List every way to meet a peer that speaks `dialect`, as rows for `describe.each`. In the last our side must find out. */
export const everyWay = (
  name: string,
  dialect: Dialect,
): readonly (readonly [name: string, told: Told])[] => [
  [`dialect: ${name}`, { dialect }],
  ['plain: true', { plain: true }],
  ['no option', {}],
]

/** Say what is wrong with everything that was posted towards such a peer: only who was told nothing says hello. */
export const faultsTowards = (told: Told, posted: readonly unknown[]): string[] =>
  faultsIn(posted, !told.plain && !told.dialect)
