// What each of the five answers, alike in a browser and in Node.

/** The most that one call looks at, as anybody may call a server. */
const LARGEST = 10_000_000

/**
 * @param where what it is, in a few words.
 * @param askPage calls the page that calls.
 */
export const createSide = (where, askPage) => ({
  where: () => where,
  echo: (value) => value,
  /** How many primes there are from `from` up to, and without, `to`. */
  primes(from, to) {
    if (!Number.isSafeInteger(from) || !(from >= 0) || !(to - from <= 1_000_000) || !(to <= LARGEST))
      throw new RangeError('At most a million numbers, below ten millions')
    let count = 0
    for (let number = from; number < to; number++) if (isPrime(number)) count++
    return count
  },
  /** Ask the page back. */
  async askPage() {
    const { width, height } = await askPage()
    return `this page is ${width} × ${height}`
  },
  /** Never answers. */
  wait: () => new Promise(() => {}),
})

function isPrime(number) {
  if (number < 2) return false
  for (let divisor = 2; divisor * divisor <= number; divisor++) if (number % divisor === 0) return false
  return true
}
