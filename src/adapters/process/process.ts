/** `processTransport`: a Node process that was forked, and its parent. */
import { needMethod } from '../../protocol/guards.ts'
import { jsonCodec } from '../../values/json-codec.ts'
import { createRester, type Rester } from '../../transport/resting.ts'
import type { Transport } from '../../transport/transport.ts'
import { sizeOf } from '../../values/size.ts'
import { createBacklog } from '../sockets/backlog.ts'
import { cloneCodec } from '../../values/clone-codec.ts'

/** A ChildProcess of Node, or `process` itself in one, as far as it is needed here. */
export interface ProcessLike {
  readonly connected: boolean
  readonly channel?: object | null | undefined
  listenerCount?(type: string): number
  send?(message: unknown, ...more: unknown[]): boolean
  on(type: string, listener: () => void): unknown
  off(type: string, listener: () => void): unknown
}

/** Options of `processTransport`. */
export interface ProcessOptions {
  /** How Node serializes on this channel, as given to `fork`. Default: it is found out. */
  readonly serialization?: 'json' | 'advanced' | undefined
  /** Messages that Node may hold because the peer does not read; over that, what is sent is refused BUSY. Default: 131,072. */
  readonly maxQueued?: number | undefined
  /** Bytes of them, as estimated; over that, what is sent is refused BUSY, and streams wait. Default: 268,435,456 (256 MiB). */
  readonly maxBuffered?: number | undefined
}

/** Twice what a peer may have pending, so that answers to it are not refused. */
const MAX_QUEUED = 131_072

/** Large, as the other process is of this side's making: bounds one that reads nothing at all. */
const MAX_BUFFERED = 268_435_456

/** What was written is read, and the exit code known, within this many ms after the first sign of the end. */
const LAST_WORDS_MS = 100

interface Child extends ProcessLike {
  readonly exitCode: number | null
  readonly signalCode: string | null
  readonly pid?: number | undefined
}

// Of the two only a ChildProcess has it.
const isChild = (channel: ProcessLike): channel is Child => 'signalCode' in channel

/**
 * Speak with a Node process that was made by `fork` (or `spawn` with `ipc` in `stdio`): in the parent pass the
 * ChildProcess, in the child `process`. Both stay their owner's: nothing is killed or disconnected.
 * @throws TypeError for a process without an IPC channel. Source: Node's child_process, Advanced serialization.
 */
export function processTransport(channel: ProcessLike, options: ProcessOptions = {}): Transport {
  needMethod(channel, 'on', 'a ChildProcess that fork() made, or in the child `process`')
  if (typeof channel.send !== 'function')
    throw new TypeError(
      "This process has no IPC channel: make it by fork(), or spawn() with stdio: ['pipe', 'pipe', 'pipe', 'ipc']",
    )
  const {
    serialization = serializationOf(channel),
    maxQueued = MAX_QUEUED,
    maxBuffered = MAX_BUFFERED,
  } = options
  let queued = 0
  let bytes = 0
  let isCongested = false
  let failed: ((error: Error) => void) | undefined
  let cut: ((why: Error) => void) | undefined
  let stop = (): void => {}
  const backlog = createBacklog([
    { waiting: () => (isCongested ? queued : 0), limit: maxQueued, unit: 'messages' },
    { waiting: () => bytes, limit: maxBuffered },
  ])
  let rester: Rester | undefined

  return {
    medium: 'process',
    endpoint: channel,
    guard: [serialization, maxQueued, maxBuffered],
    trusted: true,
    opens: true,
    codec: serialization === 'advanced' ? cloneCodec : jsonCodec(),
    hasRoom: backlog.hasRoom,
    cut: (reason) => cut?.(new Error(reason)),
    post: (message) => {
      if (!channel.connected) throw new Error('The channel to the process is closed')
      backlog.check()
      let size = 0
      const sent = (error: Error | null): void => {
        bytes -= size
        if (!--queued) isCongested = false
        backlog.look()
        if (error) failed?.(error)
      }
      // False while much waits; what was handed over is sent all the same. Before, its size does not matter.
      isCongested = channel.send?.(message, undefined, undefined, sent) === false
      queued++
      if (isCongested) bytes += size = sizeOf(message)
    },
    listen: ({ message, opened, gone, failed: tell, drained }) => {
      const undo: (() => void)[] = []
      if (drained) undo.push(backlog.listen(drained))
      const on = (type: string, listener: (event: never) => void): void => {
        channel.on(type, listener as () => void)
        undo.push(() => channel.off(type, listener as () => void))
      }
      let reason: Error | undefined
      let timer: ReturnType<typeof setTimeout> | undefined
      stop = () => {
        clearTimeout(timer)
        rester?.leave()
        rester = failed = cut = undefined
        for (const step of undo.splice(0)) step()
      }
      const end = (why?: unknown): void => {
        stop()
        gone(why ?? exitOf(channel) ?? reason)
      }
      // The exit and the end of the channel come in any order, with messages between them.
      const ending = (why: Error): void => {
        reason ??= why
        if (!channel.connected && (!isChild(channel) || exitOf(channel))) end()
        else timer ??= setTimeout(() => end(), LAST_WORDS_MS)
      }
      const disconnected = (): void => ending(new Error('the process disconnected'))

      on('message', (data: unknown) => message(data))
      on('disconnect', disconnected)
      if (isChild(channel)) {
        on('exit', () => ending(new Error('the process exited')))
        // Without a pid there was no process.
        on('error', (error: Error) => (channel.pid === undefined ? end : tell)(error))
      }
      failed = ending
      cut = end
      const { channel: pipe } = channel
      // Its parent goes on until the child ends.
      if (pipe && !isChild(channel))
        rester = createRester(pipe, () => channel.listenerCount?.('message') ?? 0)
      if (channel.connected) opened()
      else disconnected()
    },
    rest: (isResting) => rester?.rest(isResting),
    close: () => stop(),
  }
}

function exitOf(channel: ProcessLike): Error | undefined {
  const { exitCode = null, signalCode = null } = channel as Partial<Child>
  if (!isChild(channel) || (exitCode === null && signalCode === null)) return undefined
  const text = signalCode === null ? `exited with code ${exitCode}` : `was killed by ${signalCode}`
  return Object.assign(new Error(`the process ${text}`), { exitCode, signalCode })
}

/** Node does not tell, but it serializes in `send`: what throws there is not sent. */
function serializationOf(channel: ProcessLike): 'json' | 'advanced' {
  // Deno 2.9 aborts the whole process when serializing throws.
  if ('Deno' in globalThis) return 'json'
  let found: 'json' | 'advanced' = 'json'
  const probe = Object.create(
    {
      toJSON() {
        throw new Error('It is JSON')
      },
    },
    {
      // Or Node would keep it for later while it waits for a handle to be taken.
      cmd: { value: 'NODE_HANDLE_ACK', enumerable: true },
      value: {
        enumerable: true,
        get() {
          found = 'advanced'
          throw new Error('It is a clone')
        },
      },
    },
  ) as object
  try {
    if (channel.connected) channel.send?.(probe)
  } catch {}
  return found
}
