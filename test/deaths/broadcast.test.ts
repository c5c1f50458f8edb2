import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { afterAll, beforeAll } from 'vitest'
import { broadcastBus } from '../../src/entries/broadcast.ts'
import { bundleScripts, type Scripts } from '../adapters/process/scripts.ts'
import { matrix } from './matrix.ts'
import { joined, openBus } from './buses.ts'

let scripts: Scripts<'member'>
beforeAll(async () => {
  scripts = await bundleScripts(fileURLToPath(new URL('./scripts/', import.meta.url)), ['member'])
}, 60_000)
afterAll(() => scripts.remove())

const heartbeat = 50

matrix('a member of a bus in a Node process', () => openBus(), {
  'it closes its bus': { die: ({ theirs }) => theirs.close(), found: 'it says that it leaves' },
})

matrix(
  'a member of a bus in a Node thread, with a heartbeat',
  async () => {
    const name = crypto.randomUUID()
    const thread = new Worker(scripts.path('member'), { workerData: name })
    const ours = broadcastBus(name, { heartbeat })
    const at = await joined(ours)
    const end = (): Promise<number> => {
      ours.close()
      return thread.terminate()
    }
    return { at, thread, end }
  },
  {
    'the thread is terminated': {
      die: ({ thread }) => thread.terminate(),
      says: /no sign of life/,
      found: `nothing but \`heartbeat: ${heartbeat}\`, as Node 20 has no locks`,
    },
  },
)
