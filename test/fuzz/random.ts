/** Random decisions, millions of them, the same for the same seed. */
export interface Random {
  /** An integer from 0, less than `end`. */
  readonly below: (end: number) => number
  readonly pick: <T>(list: readonly T[]) => T
  /** True once in so many times. */
  readonly once: (inSoMany: number) => boolean
}

export function randomOf(seed: number): Random {
  // Seeds that follow each other must not begin alike.
  let state = Math.imul(seed ^ 0x5bd1_e995, 0x9e37_79b1) || 1
  // xorshift32 (Marsaglia, 2003).
  const below = (end: number): number => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % end
  }
  return {
    below,
    pick: (list) => {
      if (!list.length) throw new RangeError('Nothing to pick from')
      return list[below(list.length)] as (typeof list)[number]
    },
    once: (inSoMany) => below(inSoMany) === 0,
  }
}
