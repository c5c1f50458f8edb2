/** `transfer()`: marks what moves to the peer in place of being copied. */
import { SPECIAL, type Special, specialOf } from '../../values/look.ts'

/**
 * Move objects to the peer, wherever `value` stands in params, results, items of streams and arguments of callbacks:
 * `transfer(image, [image.data.buffer])`.
 * @throws TypeError if `objects` is no list.
 */
export const transfer = <T>(value: T, objects: readonly object[]): T =>
  new Transferred(value, objects) as unknown as T

/** Holds a function, and is no plain object: no path that does not know it can send it without a word. */
class Transferred implements Special {
  readonly version = 1
  readonly value: unknown
  readonly objects: readonly object[]
  readonly unwrap: () => unknown

  constructor(value: unknown, objects: readonly object[]) {
    if (!Array.isArray(objects))
      throw new TypeError('transfer(value, [object, …]) takes a list of what moves')
    this.value = value
    this.objects = objects
    this.unwrap = () => value
  }

  get [SPECIAL](): this {
    return this
  }

  get [Symbol.toStringTag](): string {
    return 'Transferred'
  }
}

/** What `transfer()` made, also that of another copy of portcall; undefined for anything else. */
export const transferredBy = (value: unknown): Required<Pick<Special, 'value' | 'objects'>> | undefined => {
  const special = specialOf(value)
  return special?.objects && (special as Transferred)
}
