import { createRequest, ErrorCode } from 'portcall'
import type { Doors } from '../connections/doors.ts'
import type { DoorScenes } from './scene.ts'

export const callbackScenes: DoorScenes = {
  door: 'callback',
  title: 'createConnection',
  want: 'Callbacks instead of promises.',
  scenes: [
    {
      title: 'Send and handle',
      about: 'A request, and a callback that is called exactly once, with a payload or an error.',
      code: () =>
        `const request = createRequest('myapp.divide', 6, 3)\nconnection.send(request, ({ payload }) => …)\n// over there: handle('myapp.divide', (respond, a, b) => …)`,
      run: async ({ doors, show }) => {
        await show({ method: 'myapp.divide', params: [6, 3], gives: 2 }, () =>
          send(doors, 'myapp.divide', 6, 3),
        )
        await show({ method: 'myapp.divide', params: [6, 0], fails: 'response.error' }, () =>
          send(doors, 'myapp.divide', 6, 0),
        )
      },
    },
    {
      title: 'It sends too',
      about: 'To answer, it sends a request of its own, which the page handles.',
      code: () =>
        `connection.handle('page.answer', (respond, question) => …)\nconnection.send(createRequest('myapp.ask', 'all'), …)`,
      run: async ({ doors, show }) => {
        const gives = 'The page says: 42, whatever "all" means'
        await show({ method: 'myapp.ask', params: ['all'], callbacks: ['page.answer'], gives }, () =>
          send(doors, 'myapp.ask', 'all'),
        )
      },
    },
    {
      title: 'A failure on the way',
      about: 'Nobody handles it: the error of the response is an RPCError, with the specification’s code.',
      code: () => `connection.send(createRequest('myapp.nothing'), ({ error }) => …)`,
      run: async ({ doors, show }) => {
        await show({ method: 'myapp.nothing', fails: ErrorCode.METHOD_NOT_FOUND }, () =>
          send(doors, 'myapp.nothing'),
        )
      },
    },
  ],
}

/** A request as a promise, so that it can be shown like any other call. */
export function send({ callbacks }: Doors, method: string, ...args: readonly unknown[]): Promise<unknown> {
  return new Promise((resolve, reject) => {
    callbacks?.send(createRequest(method, ...args), ({ payload, error }) => {
      if (error === undefined) resolve(payload)
      else reject(error)
    })
  })
}
