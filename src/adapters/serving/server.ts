/** Keeps one RPC for each client of a host that has many: shared and service workers, servers, extensions. */
import { checkApi, isClass, type Methods } from '../../peer/methods.ts'
import type { InvokeParams } from '../../protocol/messages.ts'
import type { Transport } from '../../transport/transport.ts'
import type { BaseRPC } from '../../api/rpc.ts'
import type { RPCMaker, VerbOptions } from '../../api/shared-rpc.ts'

/** Options of `serve`; those of an RPC count for each client's. */
export interface ServeOptions<R extends BaseRPC = BaseRPC> extends VerbOptions {
  /** Called for each client that has introduced itself; `gone` resolves when it is gone. */
  readonly onClient?: ((rpc: R, gone: Promise<void>) => void) | undefined
}

/** What `serve` gives. */
export interface Server<R extends BaseRPC = BaseRPC> {
  /** One RPC for each client that is there now. */
  readonly clients: ReadonlySet<R>
  /**
   * Notify every client that is there now.
   * @throws what `rpc.notify` throws, after all others were notified.
   */
  readonly broadcast: (method: string, params?: InvokeParams | null) => void
  /** End every connection and accept no more. */
  readonly close: () => void
}

export interface Acceptor<R extends BaseRPC> extends Server<R> {
  readonly accept: (transport: Transport) => void
}

/**
 * @param make makes the RPC of a client.
 * @param api what every client may call; a function is called for each client and returns that client's own.
 * @param forgets a client that is gone is not heard any more, as it comes back as another. Default: false.
 */
export function createServer<R extends BaseRPC>(
  make: RPCMaker<R>,
  api: Methods | (() => Methods),
  { onClient, ...options }: ServeOptions<R>,
  forgets = false,
): Acceptor<R> {
  const clients = new Set<R>()
  // With those that have not introduced themselves.
  const open = new Set<R>()
  let isClosed = false

  const isOwn = typeof api === 'function' && !isClass(api)
  if (!isOwn) checkApi(api)
  const methodsFor = (): Methods => (isOwn ? (api as () => Methods)() : api)

  return {
    clients,
    accept: (transport) => {
      const rpc = make({ ...options, transport, methods: methodsFor() })
      let leave = (): void => {}
      open.add(rpc)
      rpc.onPeer((state) => {
        if (state === 'waiting') return
        if (state === 'connected') {
          if (isClosed) return rpc.destroy()
          open.add(rpc)
          clients.add(rpc)
          onClient?.(rpc, new Promise((resolve) => (leave = resolve)))
          return
        }
        open.delete(rpc)
        clients.delete(rpc)
        leave()
        if (forgets) rpc.destroy()
      })
    },
    broadcast: (method, params) => {
      let failure: { readonly error: unknown } | undefined
      for (const rpc of clients) {
        try {
          rpc.notify(method, params)
        } catch (error) {
          failure ??= { error }
        }
      }
      if (failure) throw failure.error
    },
    close: () => {
      isClosed = true
      for (const rpc of open) rpc.destroy()
    },
  }
}
