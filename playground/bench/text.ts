import type { Line } from './lines.ts'

/** What is shown beside what: ours goes by the name of the library. */
export const whos = ['portcall', 'comlink', 'raw'] as const
export type Who = (typeof whos)[number]

export const nameOf = (who: Who, line: Line): string => (who === 'portcall' ? line.ours : who)

/** `0.95 ×`, `4.2 ×`, `17 ×`. */
export const toRatio = (ratio: number): string => `${toDigits(ratio)} ×`

/** `3.9–4.4`. */
export const toRange = (low: number, high: number): string => `${toDigits(low)}–${toDigits(high)}`

const toDigits = (ratio: number): string =>
  ratio >= 100 ? ratio.toFixed(0) : ratio >= 10 ? ratio.toFixed(1) : ratio.toFixed(2)

/** `830 /s`, `41 k/s`, `2.3 M/s`. */
export function toRate(perSecond: number): string {
  if (perSecond < 1_000) return `${Math.round(perSecond)} /s`
  if (perSecond < 1_000_000) return `${short(perSecond / 1_000)} k/s`
  return `${short(perSecond / 1_000_000)} M/s`
}

const short = (value: number): string => value.toFixed(value < 10 ? 1 : 0)

/** Why there is no figure. */
export const toReason = (failure = 'has none'): string => failure
