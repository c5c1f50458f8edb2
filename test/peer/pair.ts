/** One or two RPCs on a linked pair of transports, and what the tests look at them with. */
import { type Diagnostic, type PeerState, RPC, type RPCInitOptions } from '../../src/index.ts'
import { type LinkedPair, linkedPair, type LinkedPairOptions, type Side } from '../../src/testing.ts'

export type PeerOptions = Omit<RPCInitOptions, 'transport'>

export interface Posted {
  readonly from: Side
  readonly message: unknown
}

/** Two RPCs that have met. */
export interface Pair extends Disposable {
  readonly left: RPC
  readonly right: RPC
  readonly link: LinkedPair
  /** What was posted since they met. */
  readonly wire: Posted[]
}

export interface PairOptions {
  readonly left?: PeerOptions
  readonly right?: PeerOptions
  readonly link?: LinkedPairOptions
}

export async function connectedPair(options: PairOptions = {}): Promise<Pair> {
  const link = linkedPair(options.link)
  const left = new RPC({ ...options.left, transport: link.left })
  const right = new RPC({ ...options.right, transport: link.right })
  link.deliver()
  await Promise.all([left.connect(), right.connect()])
  // Both have met; what they still said about it is to be over, too.
  await turn()
  link.deliver()
  const wire: Posted[] = []
  link.tap((from, message) => wire.push({ from, message }))
  return {
    left,
    right,
    link,
    wire,
    [Symbol.dispose]() {
      left.destroy()
      right.destroy()
    },
  }
}

/** One RPC; the test itself is the other side. */
export interface Alone extends Disposable {
  readonly rpc: RPC
  readonly link: LinkedPair
  /** What the RPC posted. */
  readonly posted: unknown[]
  readonly diagnostics: Diagnostic[]
  /** Let each message arrive at once, as it is; on a text transport as JSON, strings as they are. */
  receive(...messages: unknown[]): void
}

/** Make one RPC, plain unless told otherwise, for a test that writes the other side's messages by hand. */
export function alone(options: PeerOptions = {}, linkOptions: LinkedPairOptions = {}): Alone {
  const link = linkedPair({ ...linkOptions, manual: true })
  const posted: unknown[] = []
  const diagnostics: Diagnostic[] = []
  link.tap((_, message) => posted.push(message))
  const rpc = new RPC({
    plain: true,
    onDiagnostic: (event) => diagnostics.push(event),
    ...options,
    transport: link.left,
  })
  return {
    rpc,
    link,
    posted,
    diagnostics,
    receive(...messages) {
      for (const message of messages) {
        const raw = !linkOptions.text || typeof message === 'string'
        link.inject('right', raw ? message : JSON.stringify(message))
        link.deliver()
      }
    },
    [Symbol.dispose]: () => rpc.destroy(),
  }
}

// Captured before any test replaces it by a fake one.
const { setImmediate } = globalThis

/** Let everything that is ready run: microtasks, and what they start. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** What a promise rejects with. @throws if it resolves. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  let value: unknown
  try {
    value = await promise
  } catch (error) {
    return error
  }
  throw new Error(`Resolved with ${String(value)}, but should have rejected`)
}

/** The code of the RPCError that a promise rejects with. */
export async function codeOf(promise: Promise<unknown>): Promise<unknown> {
  return Reflect.get(Object(await rejection(promise)), 'code')
}

export type Outcome = 'pending' | { readonly value: unknown } | { readonly code: unknown }

/** How a promise stands now; `pending` also if it settles only later. */
export async function outcomeOf(promise: Promise<unknown>): Promise<Outcome> {
  let outcome: Outcome = 'pending'
  promise.then(
    (value) => (outcome = { value }),
    (error: unknown) => (outcome = { code: Reflect.get(Object(error), 'code') }),
  )
  await turn()
  return outcome
}

/** The states of the other side, from now on. */
export function statesOf(rpc: RPC): PeerState[] {
  const seen: PeerState[] = []
  rpc.onPeer((state) => seen.push(state))
  return seen
}

/** A promise and its ends. */
export interface Deferred<T> {
  readonly promise: Promise<T>
  resolve(value: T): void
  reject(reason: unknown): void
}

export function deferred<T = unknown>(): Deferred<T> {
  let resolve!: (value: T) => void
  let reject!: (reason: unknown) => void
  const promise = new Promise<T>((...ends) => ([resolve, reject] = ends))
  return { promise, resolve, reject }
}

/** Messages as they stand on the wire. */
export const request = (id: unknown, method: unknown, params?: unknown): object => ({
  jsonrpc: '2.0',
  id,
  method,
  ...(params !== undefined && { params }),
})

export const notification = (method: unknown, params?: unknown): object => ({
  jsonrpc: '2.0',
  method,
  ...(params !== undefined && { params }),
})

export const result = (id: unknown, value: unknown): object => ({ jsonrpc: '2.0', id, result: value })

export const failure = (id: unknown, code: unknown, message: unknown): object => ({
  jsonrpc: '2.0',
  id,
  error: { code, message },
})
