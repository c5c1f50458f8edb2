/** What an honest peer of the same eagerness sends: as many messages, of the same size. */
import { passing, repeat } from './family.ts'

/** Bytes of one record as a clone, and characters as text, about. */
const RECORD = { clone: 46, text: 46 }

const records = (count: number): object[] =>
  repeat(count, (i) => ({ id: i, name: `item ${i % 1_000}`, done: false }))

export function harmless(
  like: { readonly size: number; readonly count: number },
  isText: boolean,
): unknown[] {
  const count = Math.max(1, like.count)
  const each = like.size / count / RECORD[isText ? 'text' : 'clone']
  const list = records(Math.floor(each))
  return repeat(count, () => passing([list]))
}
