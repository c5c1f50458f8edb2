/**
 * What the contract asks, item by item: the columns of docs/environments.md, by the titles of the suites. `two channels` is
 * another, asked where one connection can carry several RPCs: ../windows/channels.test.ts, ../browser/windows-channels.test.ts.
 */
export const ITEMS = [
  'calls both ways',
  'late start',
  'errors',
  'deadlines and cancel',
  'callbacks and objects',
  'signals',
  'streams',
  'values',
  'transfer',
  'death of the peer',
  'destroy, and anew',
] as const

export type Item = (typeof ITEMS)[number]

/** In the place of `transfer`: it must be refused, and say what helps. */
export const CANNOT_TRANSFER = 'transfer, which the medium cannot'
