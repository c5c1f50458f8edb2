/** What the page answers when the other side calls it back. */
export interface PageApi {
  viewport(): { width: number; height: number }
  progress(share: number): void
}

/** Told of what arrives. */
export interface PageHooks {
  /** Runs `answer` and returns what it returned. */
  readonly called: <R>(answer: () => R) => R
  readonly progress: (share: number) => void
}

export const createPageApi = ({ called, progress }: PageHooks): PageApi => ({
  viewport: () => called(() => ({ width: innerWidth, height: innerHeight })),
  progress,
})
