// One thing runs at a time, so that each call shows its own frames and its own duration.
import type { Tally } from './player.ts'
import { toDuration } from './ui/text.ts'

export interface Runner {
  /** Run `step` after what runs; `element` is busy until then. */
  queue(element: HTMLElement, step: () => Promise<void>): void
  /** Run `step`, and write into `place` what came of it: for those who see it, or for those who only hear it. */
  report(place: HTMLElement, step: () => Promise<void>): Promise<void>
}

/** `tallies` are those of all connections. */
export function createRunner(tallies: readonly Tally[]): Runner {
  let running = Promise.resolve()
  const total = (): Tally => {
    const sum = { calls: 0, answered: 0, failed: 0, back: 0, strange: 0, frames: 0 }
    for (const tally of tallies) for (const key of Object.keys(sum) as (keyof Tally)[]) sum[key] += tally[key]
    return sum
  }

  return {
    queue(element, step) {
      if (element.ariaBusy === 'true') return
      element.ariaBusy = 'true'
      running = running.then(step).finally(() => (element.ariaBusy = 'false'))
    },
    async report(place, step) {
      const before = total()
      const start = performance.now()
      place.dataset['state'] = 'running'
      place.textContent = 'Running …'
      await step()
      const took = performance.now() - start
      const now = total()
      const [calls, answered, failed, back, strange, frames] = (
        ['calls', 'answered', 'failed', 'back', 'strange', 'frames'] as const
      ).map((key) => now[key] - before[key])
      place.dataset['state'] = strange === 0 ? 'ok' : 'bad'
      place.textContent = [
        `${calls} calls in ${toDuration(took)}`,
        `${answered} answered`,
        `${failed} failed${strange === 0 ? ' as they should' : `, ${strange} not as they should end`}`,
        `${back} calls back`,
        `${frames} frames to look at`,
      ].join(' · ')
    },
  }
}
