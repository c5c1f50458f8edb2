import { ErrorCode, withOptions } from 'portcall'
import type { DoorScenes } from './scene.ts'

const BURST = 10_000

export const wrapScenes: DoorScenes = {
  door: 'wrap',
  title: 'expose and wrap',
  want: 'To call functions of the other side as if they were local.',
  scenes: [
    {
      title: 'A call',
      about: 'Called like a function of your own. Names, params and results are typed.',
      code: (peer) => `await ${peer}.sum(1, 2, 3)\nawait ${peer}.summarize([3, 1, 4, 1, 5])`,
      run: async ({ doors: { remote }, show }) => {
        await show({ method: 'sum', params: [1, 2, 3], gives: 6 }, () => remote.sum(1, 2, 3))
        const gives = { min: 1, max: 5, mean: 2.8 }
        await show({ method: 'summarize', params: [[3, 1, 4, 1, 5]], gives }, () =>
          remote.summarize([3, 1, 4, 1, 5]),
        )
      },
    },
    {
      title: 'It calls back',
      about: 'Both sides are equal: to answer, it asks the page, which alone knows its size.',
      code: (peer) => `await ${peer}.describeWindow()\n// over there: await page.viewport()`,
      run: async ({ doors: { remote }, show }) => {
        await show({ method: 'describeWindow', callbacks: ['viewport'] }, () => remote.describeWindow())
      },
    },
    {
      title: 'Work with progress',
      about: 'It counts, and notifies the page as it goes.',
      code: (peer) => `await ${peer}.countPrimes(200_000)\n// over there: page.progress(share)`,
      run: async ({ doors: { remote }, show }) => {
        const shown = { method: 'countPrimes', params: [200_000], callbacks: ['progress'], gives: 17_984 }
        await show(shown, () => remote.countPrimes(200_000))
      },
    },
    {
      title: 'A notification',
      about: 'No id, no answer, nothing to wait for. The call after it shows that it arrived.',
      code: (peer) => `withOptions(${peer}, { isNotify: true }).note('hello')\nawait ${peer}.lastNote()`,
      run: async ({ doors: { remote }, show }) => {
        await show({ method: 'note', params: ['hello'], notify: true }, () =>
          withOptions(remote, { isNotify: true }).note('hello'),
        )
        await show({ method: 'lastNote', gives: 'hello' }, () => remote.lastNote())
      },
    },
    {
      title: 'Its error is your error',
      about: 'What it throws rejects here, with its code, its message and its data.',
      code: (peer) => `await ${peer}.account.withdraw(5)`,
      run: async ({ doors: { remote }, show }) => {
        await show({ method: 'account.withdraw', params: [5], fails: 402 }, () => remote.account.withdraw(5))
      },
    },
    {
      title: 'Too late',
      about: 'A deadline for one call. The other side learns that nobody waits any more, and stops.',
      code: (peer) => `await withOptions(${peer}, { timeout: 200 }).sleep(5_000)`,
      run: async ({ doors: { remote }, show }) => {
        await show({ method: 'sleep', params: [5_000], fails: ErrorCode.TIMEOUT }, () =>
          withOptions(remote, { timeout: 200 }).sleep(5_000),
        )
      },
    },
    {
      title: 'Never mind',
      about: 'An AbortSignal ends a call here, and the one that its handler sees over there.',
      code: (peer) =>
        `const { signal } = controller // aborts after 100 ms\nawait withOptions(${peer}, { signal }).sleep(5_000)`,
      run: async ({ doors: { remote }, show }) => {
        await show({ method: 'sleep', params: [5_000], fails: 'AbortError' }, () =>
          withOptions(remote, { signal: abortedIn(100) }).sleep(5_000),
        )
      },
    },
    {
      title: 'Many at once',
      about: 'Ten thousand calls, each with a promise of its own.',
      code: (peer) => `await Promise.all(\n  Array.from({ length: 10_000 }, (_, i) => ${peer}.sum(i, 1)),\n)`,
      run: async ({ doors: { remote }, show }) => {
        const shown = {
          method: 'sum',
          signature: '10_000 × sum(i, 1)',
          unrecorded: 'These frames are not recorded, so that the calls run at full speed.',
          describe: (results: unknown, milliseconds: number) =>
            `${count(results).toLocaleString('en')} answers, ${perSecond(milliseconds)} calls/s`,
        }
        await show(shown, () => Promise.all(Array.from({ length: BURST }, (_, i) => remote.sum(i, 1))))
      },
    },
  ],
}

function abortedIn(milliseconds: number): AbortSignal {
  const controller = new AbortController()
  setTimeout(() => controller.abort(new DOMException('Changed my mind', 'AbortError')), milliseconds)
  return controller.signal
}

const count = (results: unknown): number => (Array.isArray(results) ? results.length : 0)

const perSecond = (milliseconds: number): string =>
  (Math.round(BURST / milliseconds) * 1_000).toLocaleString('en')
