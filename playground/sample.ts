// Files to hash for those who do not want to choose some: always the same bytes, so their hashes can be looked up.

/** What each is called, and its size in pieces. */
export const sampleFiles: readonly (readonly [name: string, pieces: number])[] = [
  ['sample-1.bin', 5],
  ['sample-2.bin', 15],
  ['sample-3.bin', 40],
  ['sample-4.bin', 100],
]

const PIECE = 1_000_000

/** All of them together. */
export const sampleSize: number = sampleFiles.reduce((sum, [, pieces]) => sum + pieces * PIECE, 0)

/** A million bytes that look random. */
export function samplePiece(): Uint8Array<ArrayBuffer> {
  let word = 1
  return Uint8Array.from({ length: PIECE }, () => {
    word = (Math.imul(word, 1_664_525) + 1_013_904_223) | 0
    return word >>> 24
  })
}

export function makeSample(): File[] {
  const piece = samplePiece()
  return sampleFiles.map(
    ([name, pieces]) =>
      new File(
        Array.from({ length: pieces }, () => piece),
        name,
      ),
  )
}
