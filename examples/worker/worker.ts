import { callContext, expose, withOptions, wrap } from 'portcall'
import type { PageApi } from './main'

const page = wrap<PageApi>()

export const api = {
  add: (a: number, b: number) => a + b,

  async countPrimes(limit: number) {
    const { signal } = callContext()
    const { progress } = withOptions(page, { isNotify: true })
    let primes = 0
    for (let number = 2; number <= limit; number++) {
      if (isPrime(number)) primes++
      if (number % 50_000 === 0) {
        await progress(number / limit)
        await breath()
        signal.throwIfAborted()
      }
    }
    return primes
  },
}

expose(api)

function isPrime(number: number): boolean {
  for (let divisor = 2; divisor * divisor <= number; divisor++) if (number % divisor === 0) return false
  return true
}

/** Let messages in: among them the one that says that nobody waits any more. */
function breath(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve))
}
