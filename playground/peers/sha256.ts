// SHA-256 (FIPS 180-4) of what comes piece by piece. crypto.subtle.digest wants all of a file at once: it could neither
// tell how far it is nor be stopped, and a hash of the hashes of chunks is not the hash that others know a file by.

const BLOCK = 64

const primes: number[] = []
for (let number = 2; primes.length < 64; number++)
  if (primes.every((prime) => number % prime !== 0)) primes.push(number)

/** The first 32 bits of the fraction. */
const fraction = (value: number): number => Math.floor((value % 1) * 2 ** 32) | 0

const start = primes.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)))
const constants = Int32Array.from(primes, (prime) => fraction(Math.cbrt(prime)))

const turn = (word: number, by: number): number => (word >>> by) | (word << (32 - by))

export class Sha256 {
  readonly #state = Int32Array.from(start)
  readonly #words = new Int32Array(64)
  readonly #rest = new Uint8Array(BLOCK)
  #filled = 0
  #bytes = 0

  update(data: Uint8Array): void {
    this.#bytes += data.length
    let at = 0
    if (this.#filled > 0) {
      at = Math.min(BLOCK - this.#filled, data.length)
      this.#rest.set(data.subarray(0, at), this.#filled)
      this.#filled += at
      if (this.#filled < BLOCK) return
      this.#compress(new DataView(this.#rest.buffer), 0)
    }
    const view = new DataView(data.buffer, data.byteOffset, data.length)
    for (; at + BLOCK <= data.length; at += BLOCK) this.#compress(view, at)
    this.#rest.set(data.subarray(at))
    this.#filled = data.length - at
  }

  /** End it. Nothing can be added after that. */
  hex(): string {
    const bits = this.#bytes * 8
    // One bit, zeros up to the end of a block, and in its last 8 bytes the length.
    const padding = new Uint8Array((this.#filled < 56 ? BLOCK : 2 * BLOCK) - this.#filled)
    const view = new DataView(padding.buffer)
    view.setUint8(0, 0x80)
    view.setUint32(padding.length - 8, Math.floor(bits / 2 ** 32))
    view.setUint32(padding.length - 4, bits % 2 ** 32)
    this.update(padding)
    return Array.from(this.#state, (word) => (word >>> 0).toString(16).padStart(8, '0')).join('')
  }

  #compress(view: DataView, at: number): void {
    const words = this.#words
    for (let i = 0; i < 16; i++) words[i] = view.getInt32(at + 4 * i)
    for (let i = 16; i < 64; i++) {
      const early = words[i - 15]!
      const late = words[i - 2]!
      const mixed = turn(early, 7) ^ turn(early, 18) ^ (early >>> 3)
      words[i] = words[i - 16]! + mixed + words[i - 7]! + (turn(late, 17) ^ turn(late, 19) ^ (late >>> 10))
    }
    const state = this.#state
    let a = state[0]!
    let b = state[1]!
    let c = state[2]!
    let d = state[3]!
    let e = state[4]!
    let f = state[5]!
    let g = state[6]!
    let h = state[7]!
    for (let i = 0; i < 64; i++) {
      const choice = (e & f) ^ (~e & g)
      const majority = (a & b) ^ (a & c) ^ (b & c)
      const first = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + choice + constants[i]! + words[i]!) | 0
      const second = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + majority) | 0
      h = g
      g = f
      f = e
      e = (d + first) | 0
      d = c
      c = b
      b = a
      a = (first + second) | 0
    }
    state[0]! += a
    state[1]! += b
    state[2]! += c
    state[3]! += d
    state[4]! += e
    state[5]! += f
    state[6]! += g
    state[7]! += h
  }
}
