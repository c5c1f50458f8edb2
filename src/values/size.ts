/** About how many bytes a value takes in memory, and whether a list is as long as it says. */
import { isObject } from '../protocol/guards.ts'

/** Holes that a list may have, besides half as many as the items before them. */
const MAX_HOLES = 16

/** Whether a received list is longer than what is in it: `new Array(1e9)` is a few bytes. Ends at the first holes. */
export function isHollow(list: readonly unknown[]): boolean {
  let holes = 0
  for (let i = 0; i < list.length; i++) if (!(i in list) && ++holes > MAX_HOLES + i / 2) return true
  return false
}

/**
 * Bytes: 2 for each character, those of each buffer, 8 for any other value. Each object counts once. Blobs, ports and other
 * host objects count as one value, and so does a list that is not as long as it says.
 */
export function sizeOf(root: unknown): number {
  let size = 0
  const seen = new Set<object>()
  const add = (value: unknown): void => {
    size += typeof value === 'string' ? 8 + 2 * value.length : 8
    if (isObject(value)) seen.add(value)
  }
  add(root)
  // The set grows while it is walked.
  for (const value of seen) {
    try {
      if (ArrayBuffer.isView(value)) add(value.buffer)
      else if (Array.isArray(value)) {
        if (!isHollow(value)) for (const item of value) add(item)
      } else if (value instanceof Map || value instanceof Set) for (const entry of value) add(entry)
      else {
        size += (value as Partial<ArrayBuffer>).byteLength ?? 0
        // Also those of errors, which cannot be enumerated.
        for (const key of Object.getOwnPropertyNames(value)) {
          add(key)
          add((value as Record<string, unknown>)[key])
        }
      }
    } catch {
      // A getter, or a revoked proxy: it counts as one value.
    }
  }
  return size
}
