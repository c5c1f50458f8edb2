/** Keeps one RPC for each client of a worker that has many. Shared by shared and service workers. */
import { isClass, type Methods } from '../../peer/methods.ts'
import type { RPCParams } from '../../protocol/messages.ts'
import type { RPC } from '../../api/preset-rpc.ts'
import { sharedRPC } from '../../api/preset-rpc.ts'
import type { Transport } from '../../transport/transport.ts'
import type { VerbOptions } from '../../api/verbs.ts'

/** Options of `serve`; those of an RPC count for each client's. */
export interface ServeOptions extends VerbOptions {
  /** Called for each client that has introduced itself; `gone` resolves when it is gone. */
  readonly onClient?: ((rpc: RPC, gone: Promise<void>) => void) | undefined
}

/** What `serve` gives. */
export interface Server {
  /** One RPC for each client that is there now. */
  readonly clients: ReadonlySet<RPC>
  /**
   * Notify every client that is there now.
   * @throws what `rpc.notify` throws, after all others were notified.
   */
  readonly broadcast: (method: string, params?: RPCParams | null) => void
  /** End every connection and accept no more. */
  readonly close: () => void
}

export interface Acceptor extends Server {
  readonly accept: (transport: Transport) => void
}

/**
 * @param api what every client may call; a function is called for each client and returns that client's own.
 * @param forgets a client that is gone is not heard any more, as it comes back as another. Default: false.
 */
export function createServer(
  api: Methods | (() => Methods),
  { onClient, ...options }: ServeOptions,
  forgets = false,
): Acceptor {
  const clients = new Set<RPC>()
  // With those that have not introduced themselves.
  const open = new Set<RPC>()
  let isClosed = false

  const methodsFor = (): Methods =>
    typeof api === 'function' && !isClass(api) ? (api as () => Methods)() : api

  return {
    clients,
    accept: (transport) => {
      const rpc: RPC = sharedRPC({ ...options, transport, methods: methodsFor() })
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
