/** What moves to the other side in place of being copied, and the checks that a failed send needs to do no harm. */
import { tagOf } from './guards.ts'

/**
 * Move objects to the other side, wherever `value` stands in params, results, items of streams and arguments of callbacks:
 * `transfer(image, [image.data.buffer])`.
 */
export const transfer = <T>(value: T, objects: readonly object[]): T =>
  new Transferred(value, objects) as unknown as T

/** Holds a function, so that no path that does not know it can send it without a word. */
export class Transferred {
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
}

/** What has no other way to cross than to move. */
export const mustMove = (value: object, tag: string): boolean =>
  // Node's ports have the tag of all event targets.
  (typeof MessagePort === 'function' && value instanceof MessagePort) ||
  /^((Readable|Writable|Transform)Stream|OffscreenCanvas|RTCDataChannel|MediaSourceHandle)$/.test(tag)

/** True for a buffer whose bytes were moved away. */
export const isDetached = (buffer: ArrayBufferLike & { readonly detached?: boolean }): boolean => {
  if (buffer.detached !== undefined) return buffer.detached
  try {
    return !new Uint8Array(buffer)
  } catch {
    return true
  }
}

// Engines find out only while they move, and then have moved what came before.
const gone = new WeakSet<object>()

/** Remember what has been moved away. */
export const noteMoved = (objects: readonly object[]): void => objects.forEach((object) => gone.add(object))

/**
 * The objects to transfer, each once, buffers last: an engine moves one after the other, and what can still be refused
 * must come before what would then be lost.
 * @param carrier the endpoint that they are posted through.
 * @throws TypeError for what no engine transfers any more.
 */
export function checkTransfer(objects: readonly object[], carrier: object | undefined): readonly object[] {
  const others = new Set<object>()
  const buffers = new Set<object>()
  for (const object of objects) {
    const tag = tagOf(object)
    if (object === carrier) throw new TypeError('The port that carries a message cannot be transferred in it')
    if (tag !== 'ArrayBuffer' && gone.has(object))
      throw new TypeError(`A ${tag} to be transferred was transferred before`)
    if (tag === 'ArrayBuffer' && isDetached(object as ArrayBuffer))
      throw new TypeError('An ArrayBuffer to be transferred is detached: it was transferred before')
    if (/(Readable|Writable)Stream$/.test(tag) && (object as ReadableStream).locked)
      throw new TypeError(`A ${tag} to be transferred is locked`)
    ;(tag === 'ArrayBuffer' ? buffers : others).add(object)
  }
  return [...others, ...buffers]
}
