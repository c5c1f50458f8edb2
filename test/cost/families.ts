import { errorFamilies } from './families-errors.ts'
import { messageFamilies } from './families-messages.ts'
import { shapeFamilies } from './families-shapes.ts'
import { valueFamilies } from './families-values.ts'
import type { Family } from './family.ts'

export const families: readonly Family[] = [
  ...shapeFamilies,
  ...valueFamilies,
  ...errorFamilies,
  ...messageFamilies,
]
