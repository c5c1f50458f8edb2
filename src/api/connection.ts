/** `createConnection`, `createRequest`: calls by callbacks, between windows. */
import { type WindowLike, windowTransport } from '../windows/window-transport.ts'
import { APPLICATION_ERROR, messageOf, RPCError } from '../protocol/errors.ts'
import { sharedRPC } from './preset-rpc.ts'
import { uuid } from '../protocol/uuid.ts'

/** A request, made by `createRequest`. Sending does not change it, so it may be sent again. */
export interface Request {
  readonly type: 'request'
  readonly sequenceId: string
  readonly method: string
  readonly args: readonly unknown[]
}

/** The answer to a request. */
export interface Response {
  /** What the handler responded with; null if there is an error. */
  readonly payload: unknown
  /** What the handler passed as error; an RPCError for a failure on the way (no such method, the other side is gone). */
  readonly error?: unknown
}

/** Answers one request: with a payload, or, if `error` is not undefined, with an error. */
export type Respond = (payload?: unknown, error?: unknown) => void

/** Two windows that send each other requests. */
export interface Connection {
  /** Send a request; without `onResponse` a notification, that nobody answers. `onResponse` is called exactly once. */
  readonly send: (request: Request, onResponse?: (response: Response) => void) => void
  /** Answer requests of `method` by calling `respond`, at once or later. @returns a function that takes it back. */
  readonly handle: (method: string, handler: (respond: Respond, ...args: never[]) => void) => () => void
  /** End it: what waits for a response gets an error. */
  readonly destroy: () => void
}

/** Make a request for `send`. */
export const createRequest = (method: string, ...args: unknown[]): Request => ({
  type: 'request',
  sequenceId: uuid(),
  method,
  args,
})

const anyOrigin = (): boolean => true

/**
 * Connect with another window by callbacks. It can be used at once: what is sent before the other side has loaded is
 * delivered when it is there.
 * @param targetWindow an iframe's `contentWindow`, a popup, `window.parent` or `window.opener`.
 * @param targetOrigin the origin that may be there. Without it any may, and the first is kept until the window loads another document.
 */
export function createConnection(targetWindow: WindowLike, targetOrigin?: string): Connection {
  const rpc = sharedRPC({ transport: windowTransport(targetWindow, { origin: targetOrigin ?? anyOrigin }) })

  return {
    send: ({ method, args }, onResponse) => {
      if (!onResponse) return rpc.notify(method, args)
      void rpc.invoke(method, args).then(
        (payload) => onResponse({ payload: payload ?? null }),
        (error: RPCError) => onResponse({ payload: null, error: passed(error) }),
      )
    },
    handle: (method, handler) =>
      rpc.registerMethod(
        method,
        (...args: never[]) =>
          new Promise((resolve, reject) => {
            const respond: Respond = (payload, error) => {
              if (error === undefined) resolve(payload)
              else reject(new RPCError(APPLICATION_ERROR, messageOf(error), { data: error }))
            }
            handler(respond, ...args)
          }),
      ),
    destroy: rpc.destroy,
  }
}

// A handler's own error crosses as the data of an application error; everything else is a failure on the way.
const passed = (error: RPCError): unknown =>
  error.code === APPLICATION_ERROR && 'data' in error ? error.data : error
