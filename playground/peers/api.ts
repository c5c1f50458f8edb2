import { callContext, type Remote, RPCError, withOptions } from 'portcall'
import type { PageApi } from '../page-api.ts'

const notes: string[] = []
let balance = 0

/** What the other side exposes. It calls the page back through `page`. */
export const createApi = (page: Remote<PageApi>) => ({
  add: (a: number, b: number) => a + b,

  sum: (...numbers: number[]) => numbers.reduce((total, number) => total + number, 0),

  summarize: (numbers: number[]) => ({
    min: Math.min(...numbers),
    max: Math.max(...numbers),
    mean: numbers.reduce((total, number) => total + number, 0) / numbers.length,
  }),

  greet: ({ name }: { name: string }) => `Ahoy, ${name}!`,

  describeWindow: async () => {
    const { width, height } = await page.viewport()
    return `Your window is ${width} × ${height}, ${width < height ? 'portrait' : 'landscape'}`
  },

  async countPrimes(limit: number) {
    const { progress } = withOptions(page, { isNotify: true })
    let primes = 0
    for (let number = 2; number <= limit; number++) {
      if (isPrime(number)) primes++
      if (number % (limit / 20) === 0) await progress(number / limit)
    }
    return primes
  },

  sleep,

  note: (text: string) => void notes.push(text),

  lastNote: () => notes.at(-1),

  account: {
    withdraw(amount: number) {
      if (amount > balance)
        throw new RPCError(402, 'Not enough money', { data: { missing: amount - balance } })
      return (balance -= amount)
    },
  },
})

export type Api = ReturnType<typeof createApi>

/** Answers late, unless the caller gives up before. */
export function sleep(milliseconds: number): Promise<string> {
  const { signal } = callContext()
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(`slept ${milliseconds} ms`), milliseconds)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      reject(signal.reason)
    })
  })
}

function isPrime(number: number): boolean {
  for (let divisor = 2; divisor * divisor <= number; divisor++) if (number % divisor === 0) return false
  return true
}
