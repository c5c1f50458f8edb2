import { cost } from './cost.mjs'
import { felt } from './felt.mjs'
import { growth } from './growth.mjs'
import { memory } from './memory.mjs'
import { million } from './million.mjs'
import { sizes } from './sizes.mjs'

/**
 * What is not a ratio to raw in every environment. One has `name`, `title` and `measure({ quick })`, which returns `{ rows }`; one
 * with a `browser` measures and reports as an environment does.
 */
export const studies = [felt, cost, sizes, memory, million, growth]
