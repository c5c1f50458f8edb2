/** What the tests use of rpc-shooter 0.0.14, whose `exports` do not name its declarations. */
declare module 'rpc-shooter' {
  export class RPCMessageEvent {
    constructor(options: {
      readonly currentEndpoint: Window
      readonly targetEndpoint: Window
      readonly config: { readonly targetOrigin: string }
    })
    destroy(): void
  }
  export class RPC {
    constructor(options: { readonly event: RPCMessageEvent; readonly methods: object })
    invoke(method: string, ...args: readonly unknown[]): Promise<unknown>
    destroy(): void
  }
}
