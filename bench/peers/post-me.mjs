import { ChildHandshake, ParentHandshake, PortMessenger, WindowMessenger, WorkerMessenger } from 'post-me'

const messengerOf = ({ kind, endpoint, origin }) =>
  origin !== undefined
    ? new WindowMessenger({ localWindow: globalThis, remoteWindow: endpoint, remoteOrigin: origin })
    : kind === 'thread'
      ? new PortMessenger({ port: endpoint })
      : new WorkerMessenger({ worker: endpoint })

/** In a Node thread over a port: Node's Worker is no event target. Its events are its notifications; it has no streams. */
export const postMe = {
  name: 'post-me',
  title: 'post-me',
  package: 'post-me',
  over: { thread: 'port', worker: 'endpoint', window: 'endpoint' },
  size: "export { ChildHandshake, ParentHandshake, WorkerMessenger } from 'post-me'",

  async serve(link, api) {
    const connection = await ChildHandshake(messengerOf(link), { ...api, bounce: (buffer) => buffer })
    connection.localHandle().setReturnTransfer('bounce', (buffer) => [buffer])
    connection.remoteHandle().addEventListener('note', () => api.note())
  },

  async connect(link) {
    const connection = await ParentHandshake(messengerOf(link), {}, 100, 50)
    const remote = connection.remoteHandle()
    const local = connection.localHandle()
    return {
      call: (...args) => remote.call('echo', ...args),
      take: (value) => remote.call('take', value),
      note: (...args) => local.emit('note', args),
      noted: () => remote.call('noted'),
      fail: () => remote.call('fail'),
      bounce: (buffer) => remote.customCall('bounce', [buffer], { transfer: [buffer] }),
    }
  },
}
