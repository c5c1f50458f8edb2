/** A copy of a value as it is now, also in realms that have no `structuredClone`, as jsdom's and happy-dom's are. */
import { isPlainObject } from '../protocol/guards.ts'

export const clone = <T>(value: T, transfer: readonly object[] = []): T =>
  typeof structuredClone === 'function'
    ? structuredClone(value, { transfer: transfer as Transferable[] })
    : (copy(value) as T)

/** Lists and plain objects; what else is in them stays what it is. */
const copy = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(copy)
  if (!isPlainObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copy(item)]))
}
