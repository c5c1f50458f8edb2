/** What cost a receiver of 0.1.0 seconds or hundreds of megabytes, and the siblings of that, by its number. */
import type { Attack } from './attack.ts'
import { claimAttacks } from './attacks-claims.ts'
import { errorAttacks } from './attacks-errors.ts'
import { valueAttacks } from './attacks-values.ts'

export const attacks: readonly Attack[] = [...errorAttacks, ...valueAttacks, ...claimAttacks]
