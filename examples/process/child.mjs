import { expose } from 'portcall'
import { processTransport } from 'portcall/process'

const isPrime = (n) => {
  for (let i = 2; i * i <= n; i++) if (n % i === 0) return false
  return n > 1
}

expose(
  {
    /** @param {Float64Array} numbers */
    sum: (numbers) => numbers.reduce((a, b) => a + b, 0),

    /** @param {number} to @param {(percent: number) => Promise<void>} onProgress */
    async search(to, onProgress) {
      const found = new Set()
      for (let n = 1; n <= to; n++) {
        if (isPrime(n)) found.add(n)
        if (n % 20 === 0) await onProgress((100 * n) / to)
      }
      return found
    },

    /** Never answers. */
    wait: () => new Promise(() => {}),
  },
  processTransport(process),
)
