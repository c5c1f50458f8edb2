import type { RPCMessageEvent } from 'portcall'
import { SOCKET_EVENT } from '../emitter.ts'
import type { DoorScenes } from './scene.ts'

const LONGEST = 2_000

export const eventScenes: DoorScenes = {
  door: 'event',
  title: 'RPCMessageEvent',
  want: 'Only events, no answers. And RPC over anything that has emit, on and off.',
  scenes: [
    {
      title: 'An event each way',
      about: 'emit here calls the listeners of on there. It never waits and introduces nobody.',
      code: () => `event.on('pong', (text) => …)\nevent.emit('ping', 'hello')`,
      run: async ({ doors: { events }, show }) => {
        const pong = next(events, 'pong')
        await show({ method: 'ping', params: ['hello'], notify: true }, () => events.emit('ping', 'hello'))
        await pong
      },
    },
    {
      title: 'On, and off again',
      about: 'A listener hears the first event and is taken away. The second reaches only the others.',
      code: () =>
        `event.on('pong', once)\nevent.emit('ping', 1)\nevent.off('pong', once) // when it was heard\nevent.emit('ping', 2)`,
      run: async ({ doors: { events }, show }) => {
        let times = 0
        const once = (): void => {
          times++
          events.off('pong', once)
        }
        events.on('pong', once)
        for (const number of [1, 2]) {
          const pong = next(events, 'pong')
          await show({ method: 'ping', params: [number], notify: true }, () => events.emit('ping', number))
          await pong
        }
        await show({ method: 'once', signature: 'times that once was called', gives: 1 }, () => times)
      },
    },
    {
      title: 'RPC over an emitter',
      about: 'An RPC needs no more than emit, on and off. A socket would do, as this stand-in for one does.',
      code: () => `const rpc = new RPC({ event: socket })\nawait rpc.invoke('sum', [1, 2, 3])`,
      run: async ({ doors: { overSocket }, show }) => {
        const messages = [SOCKET_EVENT]
        const shown = { method: 'sum', params: [1, 2, 3], gives: 6, methods: messages, callbacks: messages }
        await overSocket().connect(LONGEST)
        await show(shown, () => overSocket().invoke('sum', [1, 2, 3]))
      },
    },
  ],
}

/** Rejects when it has not come for long. */
function next(events: RPCMessageEvent, event: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const heard = (): void => {
      clearTimeout(timer)
      events.off(event, heard)
      resolve()
    }
    const timer = setTimeout(() => {
      events.off(event, heard)
      reject(new Error(`No \`${event}\` was heard for ${LONGEST} ms`))
    }, LONGEST)
    events.on(event, heard)
  })
}
