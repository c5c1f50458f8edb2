/**
 * A stand-in for @widget-kit/rpc 1.0.0, which npm does not have any more: written anew from the frames, the checks and the
 * omissions of its published source. Nothing here knows portcall.
 */

interface Request {
  sequenceId: number
  readonly type: string
  readonly method: string
  readonly args: unknown[]
}

interface Response {
  readonly sequenceId: number
  readonly type: string
  readonly payload: unknown
  readonly error?: unknown
}

type Respond = (payload?: unknown, error?: unknown) => void

/** Posts one frame to the other side, and hears what comes from it. */
export interface Medium {
  readonly post: (frame: unknown) => void
  readonly hear: (listener: (frame: unknown) => void) => void
}

export interface KitConnection {
  readonly handle: (method: string, handler: (respond: Respond, ...args: never[]) => unknown) => void
  readonly send: (request: Request, onResponse?: (response: Response) => unknown) => void
}

export const createRequest = (method: string, ...args: unknown[]): Request => ({
  method,
  args,
  type: '@widget-kit/rpc/request',
  sequenceId: 0,
})

export function createConnection({ post, hear }: Medium): KitConnection {
  const handlers: Record<string, (respond: Respond, ...args: never[]) => unknown> = {}
  const waiting: Record<number, (response: Response) => unknown> = {}
  let last = 0

  hear((frame) => {
    const message = frame as (Request & Response) | null
    if (!message || typeof message.sequenceId !== 'number' || typeof message.type !== 'string') return
    const { type, sequenceId } = message
    if (type === '@widget-kit/rpc/request') {
      const respond: Respond = (payload, error) =>
        post({ payload, error, type: '@widget-kit/rpc/response', sequenceId })
      // Without a handler it says nothing.
      handlers[message.method]?.(respond, ...(message.args as never[]))
    } else if (type === '@widget-kit/rpc/response') waiting[sequenceId]?.(message)
  })

  return {
    handle: (method, handler) => {
      handlers[method] = handler
    },
    send: (request, onResponse) => {
      request.sequenceId = ++last
      if (onResponse) waiting[request.sequenceId] = onResponse
      post(request)
    },
  }
}
