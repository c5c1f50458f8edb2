/** What a bus promises, run in Node and in browsers. */
import { describe, expect, onTestFinished, test } from 'vitest'
import { type Bus, broadcastBus, type BusOptions, type BusPeer } from '../../../src/entries/broadcast.ts'
import { callContext, ErrorCode } from '../../../src/index.ts'
import { rejection, within } from '../../contract/fixture.ts'

const MINUTE = 60_000

/** Buses of one channel, which the test's end closes. */
export function opening(name: string = crypto.randomUUID()): {
  readonly name: string
  readonly open: (options?: BusOptions) => Bus
} {
  return {
    name,
    open: (options) => {
      const bus = broadcastBus(name, options)
      onTestFinished(() => bus.close())
      return bus
    },
  }
}

/** Everybody who knows `bus` knows, or will, that these are there. */
export const joined = (bus: Bus, count: number): Promise<readonly BusPeer[]> =>
  within(
    MINUTE,
    new Promise((resolve) => {
      const check = (): void => {
        if (bus.peers().length >= count) resolve(bus.peers())
      }
      bus.onJoin(() => queueMicrotask(check))
      check()
    }),
  )

/** Wait until all buses know each other. */
export const allJoined = (...buses: Bus[]): Promise<unknown> =>
  Promise.all(buses.map((bus) => joined(bus, buses.length - 1)))

const namesOf = (peers: readonly BusPeer[]): string[] => peers.map(({ name }) => name).toSorted()

export interface Seen {
  readonly from?: string
  readonly to?: string
  readonly message?: {
    readonly id?: unknown
    readonly method?: string
    readonly error?: { readonly code: number }
  }
}

/** Somebody who uses the same channel without a bus, and all that it hears. */
export function bystander(name: string): { readonly seen: Seen[]; readonly say: (data: unknown) => void } {
  const channel = new BroadcastChannel(name)
  const seen: Seen[] = []
  channel.onmessage = (event: MessageEvent<Seen>) => void seen.push(event.data)
  onTestFinished(() => channel.close())
  return { seen, say: (data) => channel.postMessage(data) }
}

export function buses(where: string): void {
  describe(`buses in ${where}`, { timeout: 2 * MINUTE }, () => {
    test('find each other, whoever comes first, and know each other by name', async () => {
      const { open } = opening()
      const first = open({ name: 'first' })
      const told: string[] = []
      first.onJoin(({ name }) => told.push(name))
      const second = open({ name: 'second' })
      await allJoined(first, second)
      const third = open({ name: 'third' })
      await allJoined(first, second, third)
      expect(namesOf(first.peers())).toEqual(['second', 'third'])
      expect(namesOf(second.peers())).toEqual(['first', 'third'])
      expect(namesOf(third.peers())).toEqual(['first', 'second'])
      expect(told).toEqual(['second', 'third'])
    })

    test('call one another, both ways, with callbacks and streams', async () => {
      const { open } = opening()
      const server = open({
        methods: {
          async each(items: number[], tell: (item: number) => Promise<void>) {
            for (const item of items) await tell(item * 2)
          },
          async *count(to: number) {
            for (let i = 1; i <= to; i++) yield i
          },
        },
      })
      const client = open({ methods: { double: (n: number) => n * 2 } })
      await allJoined(server, client)
      const told: number[] = []
      await client.peer(server.id).invoke('each', [[1, 2], (n: number) => void told.push(n)])
      expect(told).toEqual([2, 4])
      const counted: number[] = []
      for await (const n of await client.peer(server.id).invoke<AsyncIterable<number>>('count', [3]))
        counted.push(n)
      expect(counted).toEqual([1, 2, 3])
      expect(await server.peer(client.id).invoke('double', [4])).toBe(8)
    })

    test('S59: of two servers of one name a call reaches the one it is addressed to, a broadcast both', async () => {
      const { open } = opening()
      const noted: string[] = []
      const serve = (which: string): Bus =>
        open({
          name: 'server',
          methods: { which: () => which, note: (text: string) => noted.push(which + text) },
        })
      const [a, b] = [serve('a'), serve('b')]
      const client = open({ methods: { note: () => noted.push('the sender itself') } })
      await allJoined(a, b, client)
      expect(await client.peer(a.id).invoke('which')).toBe('a')
      expect(await client.peer(b.id).invoke('which')).toBe('b')
      client.broadcast('note', ['!'])
      // Answered after the broadcast was handled.
      await client.gather('which', null, { deadline: MINUTE })
      expect(noted.toSorted()).toEqual(['a!', 'b!'])
    })

    test('S59: what two clients call at once is answered to each', async () => {
      const { open } = opening()
      const server = open({ methods: { echo: async (value: unknown) => value } })
      const [a, b] = [open(), open()]
      await allJoined(server, a, b)
      const calls = [a, b].flatMap((bus, who) =>
        Array.from({ length: 20 }, (_, i) => bus.peer(server.id).invoke('echo', [[who, i]])),
      )
      expect(await Promise.all(calls)).toEqual(
        [0, 1].flatMap((who) => Array.from({ length: 20 }, (_, i) => [who, i])),
      )
    })

    test('S59: bystanders say nothing, nobody hears itself, and ids carry a nonce', async () => {
      const { name, open } = opening()
      const server = open({ methods: { add: (a: number, b: number) => a + b } })
      const client = open()
      const silent = open()
      const { seen, say } = bystander(name)
      await allJoined(server, client, silent)
      for (const data of [null, 1, 'text', [], {}, { jsonrpc: '2.0', id: 1, method: 'nothing' }]) say(data)
      client.broadcast('nobody.has.it', [1])
      expect(await client.peer(server.id).invoke('add', [1, 2])).toBe(3)
      const isDiscovery = ({ message }: Seen): boolean => /^rpc\.(join|here)$/.test(message?.method ?? '')
      expect(seen.filter((one) => one.from === silent.id && !isDiscovery(one))).toEqual([])
      expect(seen.filter(({ message }) => message?.error)).toEqual([])
      const [request] = seen.filter(({ message }) => message?.method === 'add')
      expect(request).toMatchObject({ portcall: 1, from: client.id, to: server.id })
      expect(request?.message?.id).toMatch(/^[\da-f-]{36}:\d+$/)
    })

    test('S26: envelopes that are none, or forged, are answered by nobody', async () => {
      const { name, open } = opening()
      const noted: unknown[] = []
      const server = open({ methods: { note: (entry: unknown) => noted.push(entry) } })
      const client = open()
      await allJoined(server, client)
      const { seen, say } = bystander(name)
      const request = { jsonrpc: '2.0', id: 7, method: 'note', params: ['forged'] }
      const to = server.id
      for (const data of [
        { portcall: 2, from: 'x', to, message: request },
        { portcall: 1, from: 1, to, message: request },
        { portcall: 1, from: 'x'.repeat(100), to, message: request },
        { portcall: 1, from: 'x', to: 1, message: request },
        { portcall: 1, from: 'x', to, message: null },
        { portcall: 1, from: 'x', message: request },
        { portcall: 1, from: 'x', message: [request] },
        { portcall: 1, from: 'x', message: { jsonrpc: '2.0', method: 5 } },
        { portcall: 1, from: to, to, message: request },
        { portcall: 1, from: 'x', to: 'nobody', message: request },
        { portcall: 1, from: 'x', to, message: { jsonrpc: '2.0', id: 7, result: 1 } },
        { portcall: 1, from: 'x', to, message: { jsonrpc: '2.0', method: 'rpc.close' } },
      ])
        say(data)
      expect(await client.gather('nothing', null, { deadline: MINUTE })).toEqual([])
      expect(noted).toEqual([])
      expect(seen.filter((one) => one.from === server.id && one.to !== client.id)).toEqual([])
    })

    test('S60: forged joins are kept up to a limit', async () => {
      const { name, open } = opening()
      const bus = open()
      const other = open()
      await allJoined(bus, other)
      const { say } = bystander(name)
      for (let i = 0; i < 1_200; i++)
        say({ portcall: 1, from: `forged ${i}`, message: { jsonrpc: '2.0', method: 'rpc.here' } })
      say({ portcall: 1, from: 'x', to: bus.id, message: { jsonrpc: '2.0', method: 'rpc.here' } })
      await other.peer(bus.id).connect()
      expect(bus.peers().length).toBeLessThanOrEqual(1_000)
    })

    test('gather gives all answers with who gave them, and leaves out who has no such method', async () => {
      const { open } = opening()
      const client = open({ name: 'client' })
      const all = [
        open({ name: 'one', methods: { who: () => 1 } }),
        open({ name: 'two', methods: { who: async () => 2 } }),
        open({
          name: 'broken',
          methods: {
            who() {
              throw new RangeError('not today')
            },
          },
        }),
        open({ name: 'bystander' }),
      ]
      await allJoined(client, ...all)
      const answers = await client.gather('who', null, { deadline: MINUTE })
      const byName = Object.fromEntries(answers.map(({ peer, ...answer }) => [peer.name, answer]))
      expect(byName).toEqual({
        one: { status: 'fulfilled', value: 1 },
        two: { status: 'fulfilled', value: 2 },
        broken: {
          status: 'rejected',
          reason: expect.objectContaining({ name: 'RangeError', message: 'not today' }),
        },
      })
    })

    test('gather tells of whoever is silent at its deadline, and whose call was given up there', async () => {
      const { open } = opening()
      let aborted: Promise<unknown> | undefined
      const client = open()
      const quick = open({ methods: { who: () => 1 } })
      const slow = open({
        methods: {
          who() {
            const { signal } = callContext()
            aborted = new Promise((resolve) => signal.addEventListener('abort', resolve))
            return new Promise(() => {})
          },
        },
      })
      await allJoined(client, quick, slow)
      await Promise.all([client.peer(quick.id).connect(), client.peer(slow.id).connect()])
      const answers = await client.gather('who', null, { deadline: 1_000 })
      expect(answers.find(({ peer }) => peer.id === slow.id)).toMatchObject({
        reason: { code: ErrorCode.TIMEOUT },
      })
      expect(answers.find(({ peer }) => peer.id === quick.id)).toMatchObject({ value: 1 })
      await within(MINUTE, aborted ?? Promise.reject(new Error('It was not called')))
    })

    test('S48: when one leaves, what it owes rejects PEER_GONE, and it is told of', async () => {
      const { open } = opening()
      const client = open()
      const server = open({
        name: 'server',
        methods: { hang: () => new Promise(() => {}), echo: (v: unknown) => v },
      })
      await allJoined(client, server)
      const left = new Promise<BusPeer>((resolve) => client.onLeave(resolve))
      const rpc = client.peer(server.id)
      const pending = rejection(rpc.invoke('hang'))
      await rpc.invoke('echo', [1])
      server.close()
      expect(await within(MINUTE, pending)).toMatchObject({ code: ErrorCode.PEER_GONE })
      expect(await within(MINUTE, left)).toEqual({ id: server.id, name: 'server' })
      expect(client.peers()).toEqual([])
      expect(await rejection(rpc.invoke('echo', [1]))).toMatchObject({ code: ErrorCode.PEER_GONE })
      expect(() => client.peer(server.id)).toThrow(TypeError)
    })

    test('S49: close rejects what is pending with CLOSED, and is heard of no more', async () => {
      const { open, name } = opening()
      const client = open({ methods: { late: () => 'late' } })
      const server = open({ methods: { hang: () => new Promise(() => {}) } })
      await allJoined(client, server)
      const pending = rejection(client.peer(server.id).invoke('hang'))
      await client.peer(server.id).connect()
      client.close()
      client.close()
      expect(await pending).toMatchObject({ code: ErrorCode.CLOSED })
      expect(() => client.broadcast('x')).toThrow(expect.objectContaining({ code: ErrorCode.CLOSED }))
      expect(() => client.peer(server.id)).toThrow(TypeError)
      const next = opening(name).open()
      await joined(next, 1)
      expect(next.peers().map(({ id }) => id)).toEqual([server.id])
    })

    test('S41: a broadcast that cannot be sent throws, and one with a function does', async () => {
      const bus = opening().open()
      const undeliverable = expect.objectContaining({ code: ErrorCode.UNDELIVERABLE })
      expect(() => bus.broadcast('x', [Symbol('x')])).toThrow(undeliverable)
      expect(() => bus.broadcast('x', [() => {}])).toThrow(undeliverable)
    })

    test('a channel that its owner closes before the bus fails calls, and nothing else', async () => {
      const { name, open } = opening()
      const channel = new BroadcastChannel(name)
      const bus = broadcastBus(channel)
      const other = open()
      await allJoined(bus, other)
      const rpc = bus.peer(other.id)
      await rpc.connect()
      channel.close()
      expect(await rejection(rpc.invoke('x'))).toMatchObject({ code: ErrorCode.UNDELIVERABLE })
      expect(() => bus.broadcast('x')).toThrow(expect.objectContaining({ code: ErrorCode.UNDELIVERABLE }))
      bus.close()
      const closed = new BroadcastChannel(name)
      closed.close()
      broadcastBus(closed).close()
    })

    test('a channel that was passed stays open', async () => {
      const { name, open } = opening()
      const channel = new BroadcastChannel(name)
      onTestFinished(() => channel.close())
      const bus = broadcastBus(channel)
      const other = open()
      await allJoined(bus, other)
      bus.close()
      channel.postMessage('still there')
      expect(() => broadcastBus(new MessageChannel().port1)).toThrow(TypeError)
    })
  })
}
