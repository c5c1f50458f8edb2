/** A right side that is attacked in the name of the left one, and whether it is as good as new after that. */
import { expect } from 'vitest'
import { type Diagnostic, proxy, RPC, type Transport } from '../../../src/index.ts'
import { type LinkedPair, linkedPair, type LinkedPairOptions } from '../../../src/testing.ts'
import type { PeerOptions } from '../../peer/pair.ts'
import { request, turn } from '../../peer/pair.ts'
import { collect, finalizes, pause } from './collect.ts'

/** References, streams and signals that each side may hold here. */
export const ROOM = 32

/** What the right side passed by `proxy()`, and what it passed as a plain callback. */
export interface Victim {
  readonly object: { _secret: string; readonly inner: { _deep: string }; label: string; run(): string }
  readonly callback: (() => string) & { secret?: string }
}

export interface Attacked extends Disposable {
  readonly left: RPC
  readonly right: RPC
  readonly link: LinkedPair
  readonly victim: Victim
  readonly diagnostics: Diagnostic[]
  /** The numbers under which the right side passed its object and its callback. */
  readonly objectId: number
  readonly callbackId: number
  /** What the right side posted since the attack began, frames as they are. */
  readonly posted: unknown[]
  /** What arrived in the right side's handler `take`. */
  readonly taken: unknown[]
  /** Post as the left side would. */
  say(...messages: object[]): void
  /** Post a request, and what the right side answers to it; undefined if nothing. */
  ask(method: string, params: unknown, values?: unknown): Promise<Answer | undefined>
  /** The answer of the left side to a call of the right one. */
  answer(members: object): Promise<unknown>
  /** Everybody forgets everything; then both sides still talk, and hold nothing. */
  expectUnharmed(): Promise<void>
}

export interface Message extends Answer {
  readonly id?: unknown
  readonly method?: unknown
  readonly params?: unknown
}

export interface Answer {
  readonly result?: unknown
  readonly error?: { readonly code: number; readonly message: string }
  readonly values?: readonly unknown[]
}

const idIn = (message: unknown, at: number): number => {
  const { values } = message as { values: readonly (readonly unknown[])[] }
  return values[at]?.[2] as number
}

let asked = 0

export async function attacked(link: LinkedPairOptions = {}, options: PeerOptions = {}): Promise<Attacked> {
  const transports = linkedPair({ trusted: true, ...link })
  const limits = { maxReferences: ROOM, maxDepth: 100, ...options.limits }
  const taken: unknown[] = []
  const diagnostics: Diagnostic[] = []
  const methods = {
    add: (a: number, b: number) => a + b,
    take: (...values: unknown[]) => void taken.push(values),
    echo: (...values: unknown[]) => values,
    hold: () => turn(),
    async *count() {
      for (let i = 0; ; i++) yield i
    },
  }
  const left = new RPC({
    transport: deafTo('asked ', transports.left),
    limits,
    methods: { ...methods, never },
  })
  const right = new RPC({
    onDiagnostic: (event) => diagnostics.push(event),
    ...options,
    transport: transports.right,
    limits,
    methods,
  })
  await Promise.all([left.connect(), right.connect()])
  await turn()
  const victim: Victim = {
    object: { _secret: 'secret', inner: { _deep: 'deep' }, label: 'label', run: () => 'ran' },
    callback: Object.assign(() => 'called', { secret: 'secret' }),
  }
  const posted: unknown[] = []
  transports.tap((from, message) => void (from === 'right' && posted.push(message)))
  // The left side itself forgets what it gets here; the attacker remembers the numbers.
  await right.invoke('hold', [proxy(victim.object), victim.callback])
  const objectId = idIn(posted[0], 0)
  const callbackId = idIn(posted[0], 1)
  posted.length = 0

  const say = (...messages: object[]): void => {
    // Injected as it is: what arrives must not be what the test keeps.
    for (const message of messages)
      transports.inject('left', link.text ? JSON.stringify(message) : structuredClone(message))
  }

  const found = (id: unknown): Answer | undefined =>
    messagesIn(posted).find((message) => message.id === id && message.method === undefined)

  const settle = async (): Promise<void> => {
    for (let i = 0; i < 4; i++) await turn()
  }

  return {
    left,
    right,
    link: transports,
    victim,
    diagnostics,
    objectId,
    callbackId,
    posted,
    taken,
    say,
    async ask(method, params, values) {
      const id = `asked ${++asked}`
      // Something that may not wait in a frame is answered by itself.
      say({ ...request(id, method, params), ...(values !== undefined && { values }) })
      await settle()
      return found(id)
    },
    async answer(members) {
      const call = right.invoke('never', [new Map()]).then(
        (value) => ({ value }),
        (error: unknown) => ({ error }),
      )
      await settle()
      const sent = messagesIn(posted).findLast(({ method }) => method === 'never')
      say({ jsonrpc: '2.0', id: sent?.id, ...members })
      return call
    },
    async expectUnharmed() {
      await settle()
      expect(await left.invoke('add', [1, 2])).toBe(3)
      expect(await right.invoke('add', [3, 4])).toBe(7)
      taken.length = posted.length = 0
      await expectRoom(left)
      await expectRoom(right)
      expect(victim.object).toMatchObject({ _secret: 'secret', inner: { _deep: 'deep' }, label: 'label' })
      expect(victim.callback.secret).toBe('secret')
    },
    [Symbol.dispose]() {
      left.destroy()
      right.destroy()
    },
  }
}

/** Whoever asked in the name of this side gets the answers, not the side itself. */
const deafTo = (asked: string, transport: Transport): Transport => ({
  ...transport,
  listen: (receiver) =>
    transport.listen({
      ...receiver,
      message(data, origin) {
        const { id } = data as Message
        if (typeof id !== 'string' || !id.startsWith(asked)) receiver.message(data, origin)
      },
    }),
})

const never = (): Promise<never> => new Promise(() => {})

/** Messages as if each had been posted by itself: out of batches and frames. */
export const messagesIn = (posted: readonly unknown[]): Message[] =>
  posted.flat().flatMap((message) => {
    const { method, params } = message as Message
    return method === 'rpc.frame' ? unframed(params as unknown[]) : [message as Message]
  })

/** Request `id, method, n, …values`, notification `null, method, n, …values`, `id, true, result`, `id, false, code, message`. */
function unframed(frame: readonly unknown[]): Message[] {
  const found: Message[] = []
  for (let at = 0; at < frame.length;) {
    const [id, what, next] = frame.slice(at)
    if (what === true) found.push({ id, result: next })
    else if (what === false)
      found.push({ id, error: { code: next as number, message: String(frame[at + 3]) } })
    else found.push({ id, method: what, params: frame.slice(at + 3, at + 3 + Number(next)) })
    at += what === true ? 3 : what === false ? 4 : 3 + Number(next)
  }
  return found
}

async function* items(): AsyncGenerator<number> {
  yield 1
}

/** There is room for all references, streams and signals, once everything is collected that is to be. */
export async function expectRoom(rpc: RPC, room = ROOM): Promise<void> {
  const last = 40
  for (let tries = 1; tries <= last; tries++) {
    // When an engine collects is up to it, and later on a busy machine; then the other side is to be told, too.
    await collect(Math.min(tries, 4))
    await pause(tries)
    try {
      return await fill(rpc, room)
    } catch (error) {
      if (tries < last) continue
      if (await finalizes()) throw error
    }
  }
}

/** As many as one side may pass and the other may hold: none of either is lost. */
async function fill(rpc: RPC, room: number): Promise<void> {
  const each = <T>(make: (i: number) => T): T[] => Array.from({ length: room }, (_, i) => make(i))
  await rpc.invoke(
    'hold',
    each((i) => () => i),
  )
  await rpc.invoke(
    'hold',
    each(() => new AbortController().signal),
  )
  await rpc.invoke('hold', each(items))
}
