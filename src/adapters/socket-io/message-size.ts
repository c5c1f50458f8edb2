/** How many bytes socket.io makes of a message. */
import { isObject } from '../../protocol/guards.ts'

/** What socket.io adds to a message, and to each of its binary parts. */
const PACKET = 64

const encoder = new TextEncoder()

/** The bytes that a message takes, or a few more. Its values are JSON and bytes. */
export function sizeOf(message: unknown): number {
  let size = PACKET
  const visit = (value: unknown): void => {
    if (typeof value === 'string') size += encoder.encode(JSON.stringify(value)).length
    else if (!isObject(value)) size += String(value).length
    else if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) size += value.byteLength + PACKET
    else
      for (const key of Object.keys(value)) {
        size += Array.isArray(value) ? 1 : 4 + key.length
        visit(Reflect.get(value, key))
      }
  }
  visit(message)
  return size
}
