export interface Viewport {
  readonly width: number
  readonly height: number
}

/** What each of the five answers. */
export interface Side {
  where(): string
  echo<T>(value: T): T
  primes(from: number, to: number): number
  askPage(): Promise<string>
  wait(): Promise<never>
}

export function createSide(where: string, askPage: () => Promise<Viewport>): Side
