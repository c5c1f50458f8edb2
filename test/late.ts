/** What is said of a peer that a busy machine starts late: tests of other things leave it out. */
import { isLate } from '../scripts/late.mjs'
import type { Diagnostic } from '../src/index.ts'

/** An `onDiagnostic` that keeps everything else. */
export const keepIn =
  (list: Diagnostic[]) =>
  (event: Diagnostic): void => {
    if (event.kind !== 'waiting') list.push(event)
  }

/** What a process printed, without such warnings. */
export const withoutLate = (printed: string): string =>
  printed
    .split('\n')
    .filter((line) => !isLate(line))
    .join('\n')
