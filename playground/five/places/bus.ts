import type { RPC } from 'portcall'
import { broadcastBus } from 'portcall/broadcast'
import { type Link, type Place, TIMEOUT } from './place.ts'

export const bus: Place = {
  id: 'bus',
  title: 'BroadcastChannel',
  about: 'a bus: a worker of each tab, and all tabs',
  setup: 'broadcastBus(name, { methods })',
  action: { label: 'Who is there?', code: "gather('where')", run: (link) => link.call('everybody') },
  kill: 'worker.terminate()',
  open({ page, onState }) {
    // The bus has everybody's: the name tells which is this page's own.
    const name = crypto.randomUUID()
    const endpoint = new Worker(new URL('../sides/clerk.ts', import.meta.url), { type: 'module', name })
    const all = broadcastBus('portcall-five', { name: 'page', methods: page, timeout: TIMEOUT })
    onState('waiting')
    const found = new Promise<RPC>((resolve) =>
      all.onJoin((peer) => {
        if (peer.name !== name) return
        onState('connected')
        resolve(all.peer(peer.id))
      }),
    )
    all.onLeave((peer) => {
      if (peer.name === name) onState('gone')
    })

    const gather = async (): Promise<string> => {
      const answers = await all.gather<string>('where', null, { deadline: 1_000 })
      const texts = answers.map((answer) => (answer.status === 'fulfilled' ? answer.value : 'no answer'))
      const counts = new Map<string, number>()
      for (const text of texts.toSorted()) counts.set(text, (counts.get(text) ?? 0) + 1)
      return [...counts].map(([text, count]) => `${count} × ${text}`).join(', ')
    }
    // One is not addressed to anybody: it asks all who are there.
    const call = async (method: string, ...args: readonly unknown[]): Promise<unknown> =>
      method === 'everybody' ? gather() : (await found).invoke(method, args)

    return {
      call: call as Link['call'],
      kill: () => endpoint.terminate(),
      close() {
        all.close()
        endpoint.terminate()
      },
    }
  },
}
