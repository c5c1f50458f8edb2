// The other side in a worker.
import { expose, wrap } from 'portcall'
import type { PageSide } from '../page-side.ts'
import { createSide } from '../side.mjs'

const page = wrap<PageSide>()

expose({
  ...createSide('a worker', () => page.viewport()),
  /** Sort so many random numbers; the page stays awake. */
  sort(count: number) {
    const numbers = Float64Array.from({ length: Math.min(count, 10_000_000) }, () => Math.random()).sort()
    return `${numbers.length.toLocaleString('en')} numbers, the middle one is ${numbers[count >> 1]?.toFixed(3)}`
  },
})
