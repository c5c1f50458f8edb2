// The other side goes while a call waits for it.
import { ErrorCode } from 'portcall'
import type { Scene, Shown, Stage } from './scene.ts'

const AFTER = 60

const sleep: Shown = { method: 'sleep', params: [5_000] }
const max: Shown = { method: 'math.max', params: [1, 2] }

const invokeMax = ({ doors }: Stage): Promise<unknown> => doors.rpc.invoke('math.max', [1, 2])

/** Ask for something long, and meanwhile do what ends it. */
const sleepUntil = (stage: Stage, fails: number, step: () => void): Promise<void> =>
  stage.show({ ...sleep, fails }, () => {
    setTimeout(step, AFTER)
    return stage.doors.rpc.invoke('sleep', [5_000])
  })

export const departures: readonly Scene[] = [
  {
    title: 'It is loaded anew',
    about: 'What the old document owed rejects at once. What is asked next waits for the new one.',
    code: () =>
      `const call = rpc.invoke('sleep', [5_000])\n// meanwhile it is reloaded\nawait rpc.invoke('math.max', [1, 2])`,
    on: ['same', 'other', 'popup'],
    run: async (stage) => {
      await sleepUntil(stage, ErrorCode.PEER_GONE, stage.connection.reload)
      await stage.show({ ...max, gives: 2 }, () => invokeMax(stage))
    },
  },
  {
    title: 'It is taken away',
    about: 'Nothing hangs: what waits rejects, and so does every later call, until there is another.',
    code: () =>
      `const call = rpc.invoke('sleep', [5_000])\niframe.remove() // meanwhile\nawait rpc.invoke('math.max', [1, 2])`,
    on: ['same', 'other'],
    run: async (stage) => {
      await sleepUntil(stage, ErrorCode.PEER_GONE, stage.connection.end)
      await stage.show({ ...max, fails: ErrorCode.PEER_GONE }, () => invokeMax(stage))
      stage.connection.start()
      await stage.show({ ...max, gives: 2 }, () => invokeMax(stage))
    },
  },
  {
    title: 'You hang up',
    about: 'What waits rejects, and so does every later call. Then another worker is started.',
    code: () =>
      `const call = rpc.invoke('sleep', [5_000])\nrpc.destroy() // meanwhile\nawait rpc.invoke('math.max', [1, 2])`,
    on: ['worker'],
    run: async (stage) => {
      await sleepUntil(stage, ErrorCode.CLOSED, stage.connection.end)
      await stage.show({ ...max, fails: ErrorCode.CLOSED }, () => invokeMax(stage))
      stage.connection.start()
      await stage.show({ ...max, gives: 2 }, () => invokeMax(stage))
    },
  },
]
