/** One peer: wires hello, calls and handling, and wraps their functions by those of its features. */
import {
  APPLICATION_ERROR,
  CANCELLED,
  CLOSED,
  fromErrorObject,
  INTERNAL_ERROR,
  messageOf,
  PEER_GONE,
  RPCError,
  TIMEOUT,
  toErrorObject,
  UNDELIVERABLE,
} from '../protocol/errors.ts'
import { isObject } from '../protocol/guards.ts'
import { uuid } from '../protocol/uuid.ts'
import type { Receiver, Transport } from '../transport/transport.ts'
import { checkTimeout, isExtension } from './arguments.ts'
import { type Calls, createCalls } from './calls.ts'
import { enterContext } from './context.ts'
import { createHandling, type Extend, spread } from './handling.ts'
import { answersToHello, createHello, type Hello } from './hello.ts'
import { createOwed } from './owed.ts'
import { installFeatures } from './install.ts'
import { readMessages } from './reading.ts'
import type { Peer, PeerOptions } from './seam.ts'

/** `start`: begin to listen, and say hello. */
export type PeerHandle = readonly [
  start: () => void,
  connect: (timeout: number) => Promise<void>,
  destroy: () => void,
]

/** The session of a side that needs none: no id of anybody. */
const NO_SESSION = '\0'

/** How long what waits goes on waiting after an error over there, in milliseconds. */
const FAILED_MS = 3_000

/**
 * @param nextId counts the ids of the endpoint.
 * @param left is told when the endpoint is free again.
 */
export function createPeer(peer: Peer, nextId: () => number, left: () => void): PeerHandle {
  const { post, transport } = peer
  const capabilities: string[] = []
  const [flush, failAll, stop]: Calls = createCalls(
    peer,
    () => (transport.public ? `${peer.session}:${nextId()}` : nextId()),
    (method) => hello.refusal(method),
  )
  peer.doubt = (cause, isSure = true) => {
    if (peer.can('close')) return
    if (cause !== undefined && isSure) hello.lose(PEER_GONE, cause, false)
    if (peer.state === 'waiting') receiver.opened()
  }
  peer.missed = (cause) =>
    failAll(new RPCError(UNDELIVERABLE, `an answer could not be read: ${messageOf(cause)}`, { cause }), false)
  const hello: Hello = createHello(peer, { capabilities, post, opened: flush, ended })
  const [pay, forget] = createOwed(peer)
  readMessages(peer, answersToHello(peer, hello))
  const extend: Extend = (call) => {
    const { id, method, params } = call
    const notice = id === undefined && noticeOf(call)
    if (notice) {
      notice((params ?? []) as never, call)
      return true
    }
    if (!isExtension(method)) return undefined
    if (peer.isPlain) return false
    return method === 'rpc.connect' && id !== undefined ? hello.meet(params, id) : (requestOf(call) ?? false)
  }
  const [unreadable, abandon] = createHandling(peer, extend, hello.spokenTo)
  const [announced, noticeOf, requestOf] = installFeatures(peer, {
    capabilities: ['cancel', 'close'],
    among: ['cancel', 'close'],
    notices: {
      'rpc.cancel': ([id, code]: unknown[]) => peer.stop(id, false, CANCELLED, code === TIMEOUT),
      'rpc.close': () => {
        peer.gone('it was closed over there')
        transport.rest?.(true)
      },
    },
  })
  capabilities.push(...announced)

  function ended(reason: RPCError, final: boolean): void {
    abandon(reason)
    peer.lost(reason)
    failAll(reason, final)
    forget()
  }

  const { diagnose } = peer
  const receiver: Receiver = {
    message: (data, origin) => {
      if (peer.state === 'closed') return
      try {
        peer.receive(data, origin)
      } catch (error) {
        diagnose('failed', undefined, error)
      }
    },
    unreadable: (reason, mayAnswer = !transport.codec) => {
      diagnose('unreadable', undefined, reason)
      unreadable()
      // A log line among text is no message.
      if (mayAnswer && !transport.public && !transport.emitsEvents) peer.missed(reason)
    },
    gone: (cause, final = !transport.successor) => {
      peer.failure = cause
      // A text says that it ended, as where another document takes its place: nothing has failed.
      if (!final && peer.state === 'waiting' && isObject(cause)) diagnose('peer-error', undefined, cause)
      hello.lose(PEER_GONE, cause, final)
    },
    reloaded: (cause, isSure) => peer.doubt(cause, isSure),
    drained: () => {
      pay()
      peer.drained()
    },
    isInUse: () => peer.isInUse(),
    leaving: hello.leave,
    failed: (cause, isFatal) => {
      diagnose('peer-error', undefined, cause)
      if (peer.state !== 'waiting') return
      const fail = (): void => failAll(new RPCError(PEER_GONE, messageOf(cause), { cause }), true)
      // It may have been another script: what connects before this wait ends resolves it.
      if (isFatal) fail()
      else
        peer.wait(
          'error',
          { message: [] },
          FAILED_MS,
          () => {},
          (error) => (error as RPCError).code === TIMEOUT && fail(),
        )
    },
    refused: (origin) => diagnose('refused', origin),
    opened: () => peer.attempt('rpc.connect', hello.open),
  }

  return [
    () => {
      // A plain peer sees it only in ids.
      const session = peer.isPlain && !transport.public ? undefined : uuid()
      peer.session = session ?? NO_SESSION
      transport.listen({ ...receiver, session })
      if (!transport.opens && !hello.refusal('')) hello.open()
    },
    async (timeout) => {
      checkTimeout(timeout)
      const refused = hello.refusal('rpc.connect')
      if (refused) throw refused
      if (peer.state === 'waiting')
        await new Promise((resolve, reject) =>
          peer.wait('rpc.connect', { message: [] }, timeout, resolve, reject),
        )
    },
    () => {
      if (peer.state === 'closed') return
      hello.leave()
      peer.attempt('destroy', () => transport.close())
      left()
      hello.lose(CLOSED, 'destroy() was called', true)
      stop()
    },
  ]
}

/** The kernel's own functions, as far as they are nobody else's. Member by member, so that engines keep it in fast mode. */
export function createKernel(transport: Transport, options: PeerOptions, features: readonly unknown[]): Peer {
  const peer = {
    transport,
    options,
    features,
    session: NO_SESSION,
    isPlain: options.plain === true,
    isShared: (options.policy ?? transport.policy) !== 'strict',
    methods: new Map(),
    exposed: undefined,
    closed: new Set(),
    reach: (name) =>
      peer.methods.get(name) ??
      (peer.closed.has(name) ? undefined : peer.exposed?.(name, { isTrusted: transport.trusted === true })),
    pending: new Map(),
    state: 'waiting',
    isStranger: false,
    isOpen: false,
    inFlight: 0,
    epoch: 0,
    failure: undefined,
    construct: undefined,
    attempt: (about, step) => {
      try {
        return step()
      } catch (error) {
        peer.diagnose('failed', about, error)
        return undefined
      }
    },
    ask: (call) => call,
    find: () => undefined,
    handle: (handler, call) => {
      // A wrapper may have waited.
      const former = enterContext(call)
      try {
        return spread(handler, call)
      } finally {
        enterContext(former)
      }
    },
    pack: (_, __, given) => given?.transfer,
    unpack: (payload) => payload,
    drop() {},
    discard() {},
    join: () => false,
    flush() {},
    post: (message, transfer) => {
      if (peer.state !== 'closed') transport.post(message, transfer)
    },
    mend: (_, error) => {
      throw error
    },
    explain: (_, __, error) => error,
    // Entries of a batch one by one; the feature that knows batches answers them together. Not to its length, which may only be claimed.
    receive: (data, origin) => {
      if (Array.isArray(data))
        Object.values(data as unknown[]).forEach((one) => peer.receiveOne(one, origin, peer.reply))
      else peer.receiveOne(data, origin, peer.reply)
    },
    // The specification reserves -32500.
    errorOut: (thrown) => toErrorObject(thrown, peer.isStranger ? INTERNAL_ERROR : APPLICATION_ERROR),
    errorIn: fromErrorObject,
    fail: ({ reject }, error) => reject(error),
    lost() {},
    drained() {},
    hold: () => () => {},
    isInUse: () => peer.pending.size + peer.inFlight > 0,
    why: () => (peer.failure === undefined ? '' : `, as the last attempt failed: ${messageOf(peer.failure)}`),
    diagnose() {},
  } as Partial<Peer> as Peer
  return peer
}
