/** `rpc.unread`: whose call was it that the peer could not read? (C52) */
import { expect, onTestFinished, test } from 'vitest'
import { RPC } from '../../src/index.ts'
import type { Receiver, Transport } from '../../src/index.ts'
import { linkedPair } from '../../src/testing.ts'
import { rejection, within } from '../contract/fixture.ts'

type Message = Readonly<Record<string, unknown>>

interface Pair {
  readonly here: RPC
  /** Let `later` answer. */
  readonly finish: () => void
  readonly posted: Message[]
  /** Post a message of the peer, of its own making. */
  readonly forge: (message: object) => void
}

/** What `isLost` picks does not arrive: the peer hears that something could not be read. */
function pair(isLost: (message: Message) => boolean = () => false): Pair {
  const { left: a, right: b } = linkedPair()
  const posted: Message[] = []
  let finish = (): void => {}
  let receiver: Receiver | undefined
  let other: Receiver | undefined
  const transport: Transport = {
    ...a,
    post: (message, transfer) => {
      posted.push(message as Message)
      if (isLost(message as Message)) other?.unreadable(new Error('no class'), true)
      else a.post(message, transfer)
    },
    listen: (given) => {
      receiver = given
      a.listen(given)
    },
  }
  const here = new RPC({ transport, coalesce: false })
  const there = new RPC({
    transport: {
      ...b,
      listen: (given) => {
        other = given
        b.listen(given)
      },
    },
    methods: {
      add: (x: number, y: number) => x + y,
      hang: () => new Promise(() => {}),
      later: () => new Promise((resolve) => (finish = () => resolve('late'))),
    },
  })
  onTestFinished(() => {
    here.destroy()
    there.destroy()
  })
  return {
    here,
    posted,
    finish: () => finish(),
    forge: (message) => receiver?.message({ jsonrpc: '2.0', ...message }),
  }
}

const isOf = (method: string) => (message: Message) => message['method'] === method

test('C52: the call that could not be read rejects, those that run or follow go on', async () => {
  const { here } = pair(isOf('lost'))
  await here.connect()
  const hanging = here.invoke('hang')
  const before = here.invoke('add', [1, 1])
  const lost = here.invoke('lost')
  const after = here.invoke('add', [2, 2])
  const error = await within(45_000, rejection(lost))
  expect(error).toMatchObject({ code: -32052, message: expect.stringContaining('cannot be sent: the peer') })
  expect((error as Error).message.length).toBeLessThanOrEqual(120)
  expect(await Promise.all([before, after])).toEqual([2, 4])
  here.destroy()
  expect(await rejection(hanging)).toMatchObject({ code: -32051 })
})

test('C52: what has run in a batch and waits for the others is not taken for unread', async () => {
  const { here, finish } = pair(isOf('lost'))
  await here.connect()
  const batch = here.batch((call) => [call('add', [1, 1]), call('later'), call('add', [2, 2])])
  expect(await within(45_000, rejection(here.invoke('lost')))).toMatchObject({ code: -32052 })
  finish()
  expect(await within(45_000, batch)).toEqual([2, 'late', 4])
})

test('C52: two in one turn, one after the other', async () => {
  const { here } = pair(isOf('lost'))
  await here.connect()
  const lost = [here.invoke('lost'), here.invoke('add', [1, 1]), here.invoke('lost'), here.invoke('lost')]
  const results = await within(45_000, Promise.allSettled(lost))
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'rejected', 'rejected'])
})

test('C52: a peer that says it again and again is asked once, and its answer ends nothing that it did not get', async () => {
  const { here, posted, forge } = pair(isOf('rpc.unread'))
  await here.connect()
  const hanging = [here.invoke('hang'), here.invoke('hang')]
  for (let i = 0; i < 1_000; i++) forge({ method: 'rpc.unread' })
  const asked = posted.filter(isOf('rpc.unread'))
  expect(asked).toHaveLength(1)
  const { id } = asked[0] as { readonly id: unknown }
  // Ids of nobody, twice, no ids at all.
  forge({ id, result: [999, 'x', null, {}, id, [1]] })
  for (const result of [null, 'all', { length: 9 }, Array.from({ length: 9_999 }, () => 7)]) {
    await Promise.resolve()
    forge({ method: 'rpc.unread' })
    const last = posted.filter(isOf('rpc.unread')).at(-1)
    forge({ id: last?.['id'], result })
  }
  await Promise.resolve()
  const settled = Promise.race(hanging.map((call) => call.catch((error: unknown) => error)))
  const nothing = new Promise((resolve) => setTimeout(resolve, 20, 'nothing'))
  expect(await Promise.race([settled, nothing])).toBe('nothing')
  here.destroy()
  await Promise.allSettled(hanging)
})

test('C52: with very many calls only the latest are asked for', async () => {
  const { here, posted, forge } = pair()
  await here.connect()
  const calls = Array.from({ length: 10_000 }, () => here.invoke('hang'))
  forge({ method: 'rpc.unread' })
  const [asked] = posted.filter(isOf('rpc.unread')) as { readonly params: readonly unknown[] }[]
  expect(asked?.params).toHaveLength(4_096)
  here.destroy()
  await Promise.allSettled(calls)
})

test('C52: a peer of 0.1.0 answers that there is no such method, and nothing happens', async () => {
  const { here, posted, forge } = pair(isOf('rpc.unread'))
  await here.connect()
  const hanging = here.invoke('hang')
  forge({ method: 'rpc.unread' })
  const [asked] = posted.filter(isOf('rpc.unread'))
  forge({ id: asked?.['id'], error: { code: -32601, message: 'Method not found' } })
  expect(await here.invoke('add', [1, 2])).toBe(3)
  here.destroy()
  expect(await rejection(hanging)).toMatchObject({ code: -32051 })
})
