// This side of every door to one peer, each watched.
import {
  type Connection as Callbacks,
  createConnection,
  expose,
  type Remote,
  RPC,
  type RPCInitOptions,
  RPCMessageEvent,
  type RPCMessageEventOptions,
  rpcOf,
  type Transport,
  type WindowLike,
  wrap,
} from 'portcall'
import { socketOver } from '../emitter.ts'
import { createPageApi, createPageMethods, type Door, handleCallbacks, type PageHooks } from '../page-api.ts'
import type { Api } from '../peers/api.ts'
import { createRecorder, type Recorder } from '../recorder.ts'

/** By what a peer is reached. */
export interface Ways {
  /** `expose`, `wrap` and `createConnection` share it. */
  readonly transport: Transport
  /** An RPC of its own speaks through it, in a channel of its own. */
  readonly channel: { readonly transport: Transport; readonly channel?: string }
  readonly events: RPCMessageEventOptions
  /** The peer itself, where it is another window. */
  readonly peer?: { readonly window: WindowLike; readonly origin: string }
}

export interface Doors {
  readonly remote: Remote<Api>
  /** What `remote` and `callbacks` share. */
  readonly shared: RPC
  readonly rpc: RPC
  readonly events: RPCMessageEvent
  /** An RPC over an emitter, made when it is first asked for: it speaks at once, so somebody has to listen. */
  readonly overSocket: () => RPC
  /** Between windows only. */
  readonly callbacks: Callbacks | undefined
  readonly recorders: Readonly<Record<Door, Recorder>>
  readonly close: () => void
}

export function openDoors(ways: Ways, hooks: PageHooks): Doors {
  const [recorder, channelRecorder, eventRecorder] = [createRecorder(), createRecorder(), createRecorder()]
  const transport = recorder.watch(ways.transport)
  const remote = wrap<Api>(transport)
  const shared = rpcOf(remote)
  expose(createPageApi(hooks), transport)

  const channel: RPCInitOptions = {
    ...ways.channel,
    transport: channelRecorder.watch(ways.channel.transport),
  }
  const rpc = new RPC({ ...channel, methods: createPageMethods(hooks), timeout: 10_000 })

  const events = new RPCMessageEvent({ ...ways.events, ...eventRecorder.adapters })
  for (const event of ['ready', 'pong']) events.on(event, (...args: unknown[]) => hooks.heard(event, args))
  let overSocket: RPC | undefined

  // It finds the RPC that `wrap` made for this window.
  const callbacks = ways.peer && createConnection(ways.peer.window, ways.peer.origin)
  if (callbacks) handleCallbacks(callbacks, hooks)

  return {
    remote,
    shared,
    rpc,
    events,
    overSocket: () => (overSocket ??= new RPC({ event: socketOver(events) })),
    callbacks,
    recorders: { wrap: recorder, callback: recorder, rpc: channelRecorder, event: eventRecorder },
    close() {
      shared.destroy()
      rpc.destroy()
      overSocket?.destroy()
      events.destroy()
    },
  }
}
