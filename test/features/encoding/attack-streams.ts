/* oxlint-disable vitest/no-standalone-expect -- each attack is run inside a test, by hostile*.test.ts */
/** Producers and consumers that keep no promise, and frames that are none. */
import { expect, vi } from 'vitest'
import { notification, turn } from '../../peer/pair.ts'
import { type Attack, HUGE, sparse, repeat } from './attack.ts'
import { type Answer, type Attacked, messagesIn } from './attacked.ts'

const streamOf = async (peer: Attacked, id: number): Promise<AsyncIterableIterator<unknown>> => {
  await peer.ask('take', [null], [[[0], 'stream', id]])
  const [[stream]] = peer.taken.splice(0) as [[AsyncIterableIterator<unknown>]]
  return stream
}

const opened = async (peer: Attacked): Promise<number> => {
  const { values } = (await peer.ask('count', [])) as Answer
  return (values as [[unknown, string, number]])[0][2]
}

const itemsOf = ({ posted }: Attacked): number =>
  messagesIn(posted)
    .filter(({ method }) => method === 'rpc.next')
    .reduce((sum, { params }) => sum + (params as unknown[]).length - 1, 0)

export const streams: readonly Attack[] = [
  {
    what: 'a producer that sends before it is asked',
    async attack(peer) {
      const stream = await streamOf(peer, 50)
      peer.say(notification('rpc.next', [50, 1]))
      await turn()
      await expect(stream.next()).rejects.toMatchObject({ code: -32055 })
      expect(await stream.next()).toEqual({ value: undefined, done: true })
    },
  },
  {
    what: 'a producer that sends more than it was asked for',
    async attack(peer) {
      const stream = await streamOf(peer, 51)
      const first = stream.next()
      await turn()
      peer.say(
        notification('rpc.next', [51, 'first']),
        notification('rpc.next', [51, ...repeat(10_000, () => 2)]),
      )
      expect(await first).toEqual({ value: 'first', done: false })
      await turn()
      await expect(stream.next()).rejects.toMatchObject({ code: -32055 })
    },
  },
  {
    what: 'a producer that goes on after its end',
    async attack(peer) {
      const stream = await streamOf(peer, 52)
      const first = stream.next()
      await turn()
      const end = notification('rpc.end', [52, { code: 7, message: 'over' }])
      peer.say(end, end, notification('rpc.next', [52, 1]), notification('rpc.stop', [52]))
      await expect(first).rejects.toMatchObject({ code: 7 })
      expect(await stream.next()).toEqual({ value: undefined, done: true })
    },
  },
  {
    what: 'a producer that never sends, until its consumer gives up',
    async attack(peer) {
      const stream = await streamOf(peer, 53)
      const next = stream.next()
      await turn()
      await stream.return?.()
      expect(await next).toEqual({ value: undefined, done: true })
      await turn()
      expect(messagesIn(peer.posted)).toContainEqual(
        expect.objectContaining({ method: 'rpc.stop', params: [53] }),
      )
    },
  },
  {
    what: 'a producer that sends an error that is none as its end',
    async attack(peer) {
      for (const [i, error] of [0, 'x', false, [], null].entries()) {
        const stream = await streamOf(peer, 60 + i)
        const next = stream.next().catch((thrown: unknown) => thrown)
        await turn()
        peer.say(notification('rpc.end', [60 + i, error]))
        expect(await next).toBeDefined()
      }
    },
  },
  ...[1e9, Number.MAX_VALUE, Infinity].map((count): Attack => ({
    what: `a consumer that asks for ${count} items`,
    async attack(peer) {
      const id = await opened(peer)
      peer.say(notification('rpc.pull', [id, count]))
      await turn()
      peer.say(notification('rpc.stop', [id]))
      await turn()
      expect(itemsOf(peer)).toBeLessThanOrEqual(65_536)
    },
  })),
  ...[0, -1, Number.NaN, 'x', '9', null, {}, [5]].map((count): Attack => ({
    what: `a consumer that asks for ${JSON.stringify(count)} items`,
    async attack(peer) {
      const id = await opened(peer)
      peer.say(notification('rpc.pull', [id, count]), notification('rpc.pull', [id]))
      await turn()
      expect(itemsOf(peer)).toBe(0)
      peer.say(
        notification('rpc.stop', [id]),
        notification('rpc.stop', [id]),
        notification('rpc.pull', [id, 1]),
      )
    },
  })),
  {
    what: 'a consumer that asks for one item a thousand times',
    async attack(peer) {
      const id = await opened(peer)
      for (let i = 0; i < 1_000; i++) peer.say(notification('rpc.pull', [id, 1]))
      await vi.waitFor(() => expect(itemsOf(peer)).toBe(1_000), 5_000)
      peer.say(notification('rpc.stop', [id]))
    },
  },
  {
    what: 'an abort that comes twice, and one after it was forgotten',
    async attack(peer) {
      await peer.ask(
        'take',
        [1, 2],
        [
          [[0], 'signal', 70],
          [[1], 'signal', 71],
        ],
      )
      const [[first, second]] = peer.taken.splice(0) as [[AbortSignal, AbortSignal]]
      let aborts = 0
      first.addEventListener('abort', () => aborts++)
      peer.say(notification('rpc.abort', [70]), notification('rpc.abort', [70, null, 'again']))
      peer.say(notification('rpc.forget', [71]), notification('rpc.abort', [71]))
      await turn()
      expect([aborts, first.aborted, second.aborted]).toEqual([1, true, false])
    },
  },
]

export const frames: readonly Attack[] = [
  ...[[1e9], [-1], [Number.NaN], ['x'], [{}], [null], [2, 1]].map((rest): Attack => ({
    what: `a frame whose request has ${JSON.stringify(rest)} as number of values`,
    attack: (peer) => peer.say(notification('rpc.frame', ['f', 'take', ...rest])),
  })),
  {
    what: 'a frame in a frame, a frame as a request, and a sparse one',
    medium: 'clone',
    async attack(peer) {
      peer.say(notification('rpc.frame', [null, 'rpc.frame', 3, null, 'take', 0]))
      peer.say(
        notification('rpc.frame', sparse(HUGE, null, 'take', 0)),
        notification('rpc.frame', sparse(HUGE)),
      )
      await peer.ask('rpc.frame', [null, 'take', 0])
    },
  },
  {
    what: 'a frame that calls what was not passed',
    attack: (peer) =>
      peer.say(
        notification('rpc.frame', [
          'a',
          'rpc.call',
          2,
          4_711,
          '',
          'b',
          'rpc.get',
          2,
          peer.objectId,
          '_secret',
        ]),
      ),
  },
]
