import type { Family } from './family.ts'
import { messageFamilies } from './families-messages.ts'
import { valueFamilies } from './families-values.ts'

export const families: readonly Family[] = [...valueFamilies, ...messageFamilies]
