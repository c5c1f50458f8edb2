/**
 * The entry `portcall/compat`: speaks to pages of two other libraries, so that one side can change before the other.
 *
 * @example
 * const transport = rpcShooterTransport(windowTransport(iframe, { origin: 'https://widget.example', raw: true }))
 * const rpc = new RPC({ transport, plain: true })
 */
export { rpcShooterEvents, rpcShooterTransport } from './rpc-shooter.ts'
export { widgetKitTransport } from './widget-kit.ts'
