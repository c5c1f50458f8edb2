/** What is said of a peer that a busy machine starts late: tests of other things leave it out. */
import type { Diagnostic } from '../src/index.ts'

const LATE = /^portcall: The peer has not answered the handshake within/

/** It is that warning. */
export const isLate = (text: string): boolean => LATE.test(text)

/** An `onDiagnostic` that keeps everything else. */
export const keepIn =
  (list: Diagnostic[]) =>
  (event: Diagnostic): void => {
    if (event.kind !== 'waiting') list.push(event)
  }

/** What a process printed, without such warnings. */
export const withoutLate = (printed: string): string =>
  printed.replace(/^portcall: The peer has not answered the handshake within.*\n/gm, '')
