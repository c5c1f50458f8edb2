import { withOptions } from 'portcall'
import type { Api } from '../peers/api.ts'
import type { Scene, SceneGroup } from './scene.ts'

const BURST = 10_000

const calls: readonly Scene<Api>[] = [
  {
    title: 'A call',
    about: 'A method of the worker, called like one of your own. Names, params and results are typed.',
    code: 'await worker.sum(1, 2, 3)\nawait worker.summarize([3, 1, 4, 1, 5])',
    run: async ({ remote, show }) => {
      await show({ method: 'sum', params: [1, 2, 3] }, () => remote.sum(1, 2, 3))
      await show({ method: 'summarize', params: [[3, 1, 4, 1, 5]] }, () => remote.summarize([3, 1, 4, 1, 5]))
    },
  },
  {
    title: 'It calls back',
    about: 'Both sides are equal: to answer, the worker asks the page, which alone knows its size.',
    code: 'await worker.describeWindow()\n// in worker.ts: await page.viewport()',
    run: async ({ remote, show }) => {
      await show({ method: 'describeWindow', callbacks: ['viewport'] }, () => remote.describeWindow())
    },
  },
  {
    title: 'Work with progress',
    about: 'The worker counts and notifies the page as it goes. The page stays free.',
    code: 'await worker.countPrimes(400_000)\n// in worker.ts: page.progress(share)',
    run: async ({ remote, show }) => {
      await show({ method: 'countPrimes', params: [400_000], callbacks: ['progress'] }, () =>
        remote.countPrimes(400_000),
      )
    },
  },
  {
    title: 'A notification',
    about: 'No id, no answer, nothing to wait for. The call after it shows that it arrived.',
    code: "withOptions(worker, { notify: true }).note('hello')\nawait worker.notes()",
    run: async ({ remote, show }) => {
      await show({ method: 'note', params: ['hello'], notify: true }, () =>
        withOptions(remote, { notify: true }).note('hello'),
      )
      await show({ method: 'notes' }, () => remote.notes())
    },
  },
  {
    title: 'A batch',
    about: 'Several calls in one message, by position and by name, and all their answers in one.',
    code: "await rpcOf(worker).batch((call) => [\n  call('sum', [4, 5]),\n  call('greet', { name: 'Ada' }),\n])",
    run: async ({ rpc, show }) => {
      const signature = "batch: sum(4, 5), greet({ name: 'Ada' })"
      await show({ method: 'batch', signature, methods: ['sum', 'greet'] }, () =>
        rpc.batch((call) => [call('sum', [4, 5]), call('greet', { name: 'Ada' })]),
      )
    },
  },
]

const failures: readonly Scene<Api>[] = [
  {
    title: 'Its error is your error',
    about: 'What the worker throws rejects here, with its code, its message and its data.',
    code: 'await worker.account.withdraw(5)',
    run: async ({ remote, show }) => {
      await show({ method: 'account.withdraw', params: [5], fails: true }, () => remote.account.withdraw(5))
    },
  },
  {
    title: 'Nobody is home',
    about: 'Only what was exposed can be called. Anything else is told so, by the code of the specification.',
    code: "await rpcOf(worker).invoke('launch', ['now'])",
    run: async ({ rpc, show }) => {
      await show({ method: 'launch', params: ['now'], fails: true }, () => rpc.invoke('launch', ['now']))
    },
  },
  {
    title: 'Too late',
    about: 'A deadline for one call. The worker learns that nobody waits any more, and stops.',
    code: 'await withOptions(worker, { timeout: 300 }).sleep(5_000)',
    run: async ({ remote, show }) => {
      await show({ method: 'sleep', params: [5_000], fails: true }, () =>
        withOptions(remote, { timeout: 300 }).sleep(5_000),
      )
    },
  },
  {
    title: 'Never mind',
    about: 'An AbortSignal ends a call here, and the one that its handler sees over there.',
    code: 'const { signal } = controller // aborts after 200 ms\nawait withOptions(worker, { signal }).sleep(5_000)\nawait worker.stopped()',
    run: async ({ remote, show }) => {
      await show({ method: 'sleep', params: [5_000], fails: true }, () =>
        withOptions(remote, { signal: abortedIn(200) }).sleep(5_000),
      )
      await show({ method: 'stopped' }, () => remote.stopped())
    },
  },
  {
    title: 'It cannot be sent',
    about: 'Nothing is lost without a word: a value that cannot cross rejects at once and says where it is.',
    code: "await rpcOf(worker).invoke('sum', [1, { two: () => 2 }])",
    run: async ({ rpc, show }) => {
      const params = [1, { two: () => 2 }]
      await show({ method: 'sum', params, fails: true }, () => rpc.invoke('sum', params))
    },
  },
]

const speed: readonly Scene<Api>[] = [
  {
    title: 'Many at once',
    about: 'Ten thousand calls, each with a promise of its own.',
    code: 'await Promise.all(\n  Array.from({ length: 10_000 }, (_, i) => worker.sum(i, 1)),\n)',
    run: async ({ remote, show }) => {
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
]

export const workerScenes: readonly SceneGroup<Api>[] = [
  { title: 'Calls, both ways', scenes: calls },
  { title: 'When something goes wrong', scenes: failures },
  { title: 'At speed', scenes: speed },
]

function abortedIn(milliseconds: number): AbortSignal {
  const controller = new AbortController()
  setTimeout(() => controller.abort(new DOMException('Changed my mind', 'AbortError')), milliseconds)
  return controller.signal
}

const count = (results: unknown): number => (Array.isArray(results) ? results.length : 0)

const perSecond = (milliseconds: number): string =>
  (Math.round(BURST / milliseconds) * 1_000).toLocaleString('en')
