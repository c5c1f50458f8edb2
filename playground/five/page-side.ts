// What the page answers when one of the five calls it.
import type { Viewport } from './side.mjs'

/** A type alias, as only those are methods with any names. */
export type PageSide = {
  viewport(): Viewport
  /** Take its colour, in degrees. */
  paint(hue: number): string
  /** The SharedWorker's counter has changed. */
  counted(count: number, tabs: number): void
  /** So that those on the bus can tell pages from others. */
  where(): string
}

export interface PageHooks {
  /** It was called: by which method, with what, and what it answered. */
  readonly called: (method: string, args: readonly unknown[], answer: unknown) => void
  readonly paint: (hue: number) => void
}

export function createPageSide({ called, paint }: PageHooks): PageSide {
  const told = <R>(method: string, args: readonly unknown[], answer: R): R => {
    called(method, args, answer)
    return answer
  }
  return {
    viewport: () => told('viewport', [], { width: innerWidth, height: innerHeight }),
    paint(hue) {
      paint(hue)
      return told('paint', [hue], 'painted')
    },
    counted: (count, tabs) => told('counted', [count, tabs], undefined),
    where: () => told('where', [], 'a tab'),
  }
}
