import type { Medium } from '../../adapters/compat/widget-kit.ts'

/** Another window, as @widget-kit/rpc speaks with it: source and origin of each message are checked. */
export const kitWindow = (target: Window, origin: string): Medium => ({
  post: (frame) => target.postMessage(frame, origin),
  hear: (listener) =>
    addEventListener('message', (event) => {
      if (event.source === target && event.origin === origin) listener(event.data)
    }),
})
