/** @widget-kit/rpc 1.0.0 is not on npm any more: its stand-in, by its names. */
import { createConnection as connect, type KitConnection } from '../../adapters/compat/widget-kit.ts'
import { kitWindow } from '../../browser/compat/kit-window.ts'

export { createRequest } from '../../adapters/compat/widget-kit.ts'

export const createConnection = (target: Window, origin: string): KitConnection =>
  connect(kitWindow(target, origin))
