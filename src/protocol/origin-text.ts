/** An origin for people, who may read it in a terminal or a log: normalised, at most 120 characters, without control characters. */
import { shorten } from './paths.ts'

export function originText(origin: unknown): string {
  const text = typeof origin === 'string' ? origin : 'null'
  try {
    return shorten(new URL(text).origin)
  } catch {
    return shorten(text.replace(/[^\x21-\x7e]/g, ''))
  }
}
