import type { Receiver, Transport } from './transport.ts'

/**
 * A host object that one can post to: a Worker, a worker's `self`, a MessagePort, a Node Worker, `parentPort`, or anything
 * of that shape. Structural, so that no declaration here needs a DOM or Node type.
 */
export interface Endpoint {
  postMessage(message: unknown): void
}

interface ErrorLike {
  readonly message?: string
  readonly error?: unknown
}

type Subscribe = (type: string, listener: (event: never) => void) => void

/** What an endpoint may have besides `postMessage`. */
export interface Host {
  postMessage(message: unknown, options?: object): void
  readonly addEventListener?: Subscribe
  readonly removeEventListener?: Subscribe
  readonly on?: Subscribe
  readonly off?: Subscribe
  onmessage?: unknown
  readonly terminate?: () => unknown
  start?(): void
  startMessages?(): void
  readonly window?: unknown
}

/** What an endpoint tells; `event` where the host makes one. */
export interface Ears extends Omit<Receiver, 'message' | 'opened' | 'refused'> {
  readonly message: (data: unknown, event?: MessageLike) => void
}

/** The part of a MessageEvent that is looked at. */
export interface MessageLike {
  readonly data: unknown
  readonly origin?: string
  readonly source?: unknown
}

/**
 * Listen to an endpoint of any kind: an event target, a Node emitter, or something that has only `onmessage`, whose former
 * handler goes on to be called. @returns a function that leaves it as it was.
 */
export function hear(source: Host, { message, unreadable, gone, failed }: Ears): () => void {
  const undo: (() => void)[] = []
  // Node's emitters hand over the value itself, everything else an event.
  const emitter = source.on !== undefined
  const listen: Subscribe = (type, listener) => {
    if (emitter) source.on?.(type, listener)
    else source.addEventListener?.(type, listener)
    undo.push(() => (emitter ? source.off : source.removeEventListener)?.call(source, type, listener))
  }
  const unwrap = (event: MessageLike): void => {
    let data: unknown
    try {
      data = event.data
    } catch (error) {
      return unreadable(error)
    }
    message(data, event)
  }
  if (emitter || source.addEventListener) {
    let failure: unknown
    listen('message', emitter ? (data: unknown) => message(data) : unwrap)
    listen('messageerror', unreadable)
    if (source.window !== source) listen('close', () => gone('the port was closed'))
    // Only the owner's object of a worker: on a worker's own self, `error` is about this side.
    if (source.terminate) {
      listen('error', (event: ErrorLike) => {
        failure = emitter
          ? event
          : (event.error ?? new Error(event.message || 'The worker could not be loaded'))
        failed(failure)
      })
      listen('exit', (code: number) => gone(failure ?? `the worker exited with code ${code}`))
      if (!emitter) undo.push(watchTermination(source, gone))
    }
  } else {
    const former = source.onmessage
    let stopped = false
    const ours = (...args: [MessageLike]): void => {
      try {
        if (typeof former === 'function') Reflect.apply(former, source, args)
      } finally {
        // Some hosts hand over the value itself, which may be null.
        if (!stopped) unwrap(Object(args[0]) as MessageLike)
      }
    }
    source.onmessage = ours
    undo.push(() => {
      // Who came later keeps its handler, and goes on to call this one.
      stopped = true
      if (source.onmessage === ours) source.onmessage = former
    })
  }
  source.start?.()
  source.startMessages?.()
  return () => undo.splice(0).forEach((step) => step())
}

// Browsers tell nobody that a worker was terminated, so its owner's call is overheard.
function watchTermination(worker: Host, gone: (reason: string) => void): () => void {
  const former = Object.getOwnPropertyDescriptor(worker, 'terminate')
  const { terminate } = worker
  const value = (): void => {
    terminate?.call(worker)
    gone('the worker was terminated')
  }
  Object.defineProperty(worker, 'terminate', { value, configurable: true, writable: true })
  return () => {
    if (former) Object.defineProperty(worker, 'terminate', former)
    else Reflect.deleteProperty(worker, 'terminate')
  }
}

/**
 * Make a Transport of any `postMessage` + `message` endpoint.
 * @param endpoint where messages arrive.
 * @param target where they are posted, if elsewhere: `endpointTransport(navigator.serviceWorker, registration.active)`.
 * @throws TypeError for what cannot post or listen, for a Window (it needs origin checks) and a BroadcastChannel (it has no one peer).
 */
export function endpointTransport(endpoint: object, target: Endpoint = endpoint as Endpoint): Transport {
  const source = endpoint as Host
  const sink = target as Host
  if (source.window === source)
    throw new TypeError('A Window needs origin checks: pass windowTransport(window, { origin })')
  if (isBroadcastChannel(source))
    throw new TypeError('A BroadcastChannel has many listeners: pass a MessagePort')
  if (!sink.postMessage || !(source.addEventListener || source.on || 'onmessage' in source))
    throw new TypeError('Pass a Worker, a MessagePort, self, a Node worker, parentPort or a Transport')
  let stop: (() => void) | undefined

  return {
    endpoint,
    trusted: 'terminate' in source || source === ownEndpoint(),
    post: (message, transfer) => {
      if (transfer?.length) sink.postMessage(message, transfer)
      else sink.postMessage(message)
    },
    listen: (receiver) => {
      const message = (data: unknown, event?: MessageLike): void =>
        receiver.message(data, event?.origin || undefined)
      stop = hear(source, { ...receiver, message })
    },
    close: () => stop?.(),
  }
}

interface WorkerScope {
  readonly DedicatedWorkerGlobalScope?: unknown
  readonly process?: { getBuiltinModule?(id: string): { readonly parentPort?: Endpoint | null } | undefined }
}

/** What a worker or thread speaks to its owner through; undefined elsewhere. Found without any import that a bundler must resolve. */
export function ownEndpoint(): Endpoint | undefined {
  const { DedicatedWorkerGlobalScope: Scope, process } = globalThis as WorkerScope
  if (typeof Scope === 'function' && globalThis instanceof Scope) return globalThis as unknown as Endpoint
  return process?.getBuiltinModule?.('node:worker_threads')?.parentPort ?? undefined
}

/** True for a channel that many may listen to. */
export const isBroadcastChannel = (value: object): boolean =>
  typeof BroadcastChannel === 'function' && value instanceof BroadcastChannel

/** A Transport as it is, anything else as an endpoint. */
export const toTransport = (value: Transport | Endpoint): Transport =>
  'listen' in value ? value : endpointTransport(value)
