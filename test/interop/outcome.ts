/** What these tests wait for. */
import { expect } from 'vitest'

/** The gate opens for everyone when `count` have arrived. */
export function createGate(count: number): () => Promise<void> {
  let arrived = 0
  let open = (): void => {}
  const opened = new Promise<void>((resolve) => (open = resolve))
  return () => {
    if (++arrived === count) open()
    return opened
  }
}

/** Resolve with what `call` rejects with. */
export const refusal = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    (result) => expect.fail(`resolved with ${JSON.stringify(result)}`),
    (error: unknown) => error,
  )
