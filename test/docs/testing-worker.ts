/** A worker's file, as a user writes it. */
import { expose } from '../../src/index.ts'

let last = 0
expose({ next: () => ++last })
