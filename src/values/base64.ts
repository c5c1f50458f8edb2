/** Base64 (RFC 4648 section 4), also in realms that have no `btoa` and `atob`. */

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** Bytes → base64. */
export function toBase64(buffer: ArrayBufferLike, offset: number, length: number): string {
  const bytes = new Uint8Array(buffer, offset, length)
  let text = ''
  if (typeof btoa === 'function') {
    // In parts, as the number of arguments of a call is limited.
    for (let i = 0; i < length; i += 8_192) text += String.fromCharCode(...bytes.subarray(i, i + 8_192))
    return btoa(text)
  }
  for (let i = 0; i < length; i += 3) {
    const [a = 0, b, c] = bytes.subarray(i, i + 3)
    const bits = (a << 16) | ((b ?? 0) << 8) | (c ?? 0)
    const [first, second, third, fourth] = [18, 12, 6, 0].map((shift) => DIGITS[(bits >> shift) & 63])
    text += `${first}${second}${b === undefined ? '=' : third}${c === undefined ? '=' : fourth}`
  }
  return text
}

/** Base64 → bytes. @throws DOMException or TypeError for what is none. */
export function fromBase64(text: string): ArrayBuffer {
  if (typeof atob === 'function') {
    const binary = atob(text)
    const bytes = new Uint8Array(binary.length)
    for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i)
    return bytes.buffer
  }
  const [, digits = ''] = /^([\w+/]*)={0,2}$/.exec(text) ?? []
  const bytes = new Uint8Array((digits.length * 3) >> 2)
  let bits = 0
  for (let i = 0, at = 0; i < digits.length; i++) {
    // What is shifted out is of bytes that were taken.
    bits = (bits << 6) | DIGITS.indexOf(digits[i] as string)
    if (i % 4) bytes[at++] = bits >> (6 - 2 * (i % 4))
  }
  if (digits.length % 4 === 1 || digits.includes('_') || (text && !digits))
    throw new TypeError('This is no base64')
  return bytes.buffer
}
