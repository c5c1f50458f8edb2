import { inject } from 'vitest'
import { io } from 'socket.io-client'
import { dataChannelTransport } from '../../src/adapters/data-channel/data-channel.ts'
import { sharedWorkerTransport } from '../../src/entries/shared-worker.ts'
import { socketIoTransport } from '../../src/adapters/socket-io/socket-io.ts'
import { websocketTransport } from '../../src/adapters/websocket/websocket.ts'
import { broadcastBus } from '../../src/entries/broadcast.ts'
import { RPC } from '../../src/index.ts'
import { countOnTarget } from '../contract/listeners.ts'
import { joined, openBus } from '../deaths/buses.ts'
import { countOn } from '../deaths/listeners.ts'
import { type Death, matrix, type Scene } from '../deaths/matrix.ts'
import type { Outcome } from '../deaths/scenario.ts'
import { describeSelf, type There } from './data-channel/connecting.ts'
import { addPage, eventually, type OpenedPage } from './pages.ts'

interface Leaver {
  readonly leave: () => void
  /** Say no goodbye. */
  readonly silence: () => void
}

interface ToPage extends Scene {
  readonly opened: OpenedPage<Leaver>
}

const workerUrl = new URL('./deaths/shared-worker.ts', import.meta.url)
const pageUrl = new URL('./deaths/page.html', import.meta.url)
const goodbye = 'its goodbye on `pagehide`'

const toShared = (name: string): { readonly at: SharedWorker; readonly port: MessagePort } => {
  const at = new SharedWorker(workerUrl, { type: 'module', name })
  return { at, port: at.port }
}

const silently = {
  die: ({ opened }: { readonly opened: OpenedPage<Leaver> }): void => {
    opened.page.silence()
    opened.remove()
  },
  found: 'the Web Lock that it holds',
}

matrix(
  'a SharedWorker',
  () => {
    const { at: worker, port } = toShared(crypto.randomUUID())
    const listeners = countOnTarget(port)
    return { at: sharedWorkerTransport(worker), listeners, end: () => port.close() }
  },
  {
    'it closes itself': { die: (_, { rpc }) => rpc.notify('end'), found: 'the Web Lock that it holds' },
  },
)

interface Shared extends ToPage {
  readonly control: RPC
}

const comeAgain = async ({ control }: Shared): Promise<() => unknown> => {
  await eventually(
    () => control.invoke<number>('pages'),
    (count) => count === 3,
  )
  return () => control.invoke('countThere')
}

matrix(
  'a page of a SharedWorker',
  async (): Promise<Shared> => {
    const name = crypto.randomUUID()
    const { at, port } = toShared(name)
    const control = new RPC({ transport: sharedWorkerTransport(at) })
    await control.connect()
    const opened = await addPage<Leaver>(pageUrl, { worker: workerUrl.href, name })
    await eventually(
      () => control.invoke<number>('pages'),
      (count) => count === 2,
    )
    return {
      control,
      opened,
      live: async () => {
        await control.invoke('live')
        return { settled: control.invoke<Outcome>('outcome') }
      },
      end: () => {
        control.destroy()
        port.close()
        opened.remove()
      },
    }
  },
  {
    'it is removed': { die: ({ opened }) => opened.remove(), found: goodbye },
    'it ends without a goodbye': silently,
    'it is reloaded': {
      die: ({ opened }) => opened.window.location.reload(),
      found: goodbye,
      reconnects: comeAgain,
    },
    '`destroy()` over there': { die: ({ opened }) => opened.page.leave(), found: 'its goodbye' },
  },
)

matrix('a member of a bus in the same page', () => openBus(), {
  'it closes its bus': { die: ({ theirs }) => theirs.close(), found: 'it says that it leaves' },
})

matrix(
  'a page on a bus',
  async () => {
    const name = crypto.randomUUID()
    const ours = broadcastBus(name)
    const opened = await addPage<Leaver>(pageUrl, { bus: name })
    const end = (): void => {
      ours.close()
      opened.remove()
    }
    return { at: await joined(ours), ours, opened, end }
  },
  {
    'it closes its bus': { die: ({ opened }) => opened.page.leave(), found: 'it says that it leaves' },
    'it is removed': { die: ({ opened }) => opened.remove(), found: 'it says on `pagehide` that it leaves' },
    'it ends without a goodbye': silently,
    'it is reloaded': {
      die: ({ opened }) => opened.window.location.reload(),
      found: 'it says on `pagehide` that it leaves',
      reconnects: async ({ ours }) => {
        const { rpc } = await joined(ours)
        return () => rpc.invoke('count')
      },
    },
  },
)

const sockets = inject('sockets')
const ofSocket = '`close` of the socket'

const openSocket = (): Scene & { readonly socket: WebSocket } => {
  const socket = new WebSocket(`${sockets}/service`)
  const listeners = countOnTarget(socket)
  return { socket, at: websocketTransport(socket), listeners, end: () => socket.close() }
}

matrix('a WebSocket that is passed', openSocket, {
  'the server terminates the connection': { die: (_, { rpc }) => rpc.notify('terminate'), found: ofSocket },
  'the server closes it': {
    die: (_, { rpc }) => rpc.notify('closeSocket', [4001, 'go away']),
    found: ofSocket,
  },
  'this side closes it': { die: ({ socket }) => socket.close(4002), found: ofSocket },
  '`destroy()` over there': { die: (_, { rpc }) => rpc.notify('leave'), found: 'its goodbye' },
})

matrix(
  'a WebSocket that is made',
  () => {
    const at = websocketTransport(`${sockets}/service`, { reconnect: { initial: 10, max: 50 } })
    return { at, end() {} }
  },
  {
    'the server terminates the connection': {
      die: (_, { rpc }) => rpc.notify('terminate'),
      found: ofSocket,
      reconnects: true,
    },
  },
)

const ofSocketIo = '`disconnect` of the socket'

matrix(
  'a socket of socket.io',
  () => {
    const socket = io(`${inject('socketIo')}/service`, {
      forceNew: true,
      transports: ['websocket'],
      reconnectionDelay: 20,
    })
    const listeners = countOn(socket, 'rpc.message', 'connect', 'disconnect', 'connect_error')
    return { socket, at: socketIoTransport(socket), listeners, end: () => void socket.disconnect() }
  },
  {
    'the connection breaks': {
      die: (_, { rpc }) => rpc.notify('drop'),
      found: ofSocketIo,
      reconnects: true,
    },
    'the server disconnects it': { die: (_, { rpc }) => rpc.notify('kick'), found: ofSocketIo },
    'this side disconnects': { die: ({ socket }) => socket.disconnect(), found: ofSocketIo },
  },
)

interface Channelled extends Scene {
  readonly channel: RTCDataChannel
  readonly connection: RTCPeerConnection
  readonly remove: () => void
}

const ofChannel = '`close` of the channel'

const channelDeaths: Record<string, Death<Channelled>> = {
  'the other side closes it': { die: (_, { rpc }) => rpc.notify('closeChannel'), found: ofChannel },
  'this side closes it': { die: ({ channel }) => channel.close(), found: ofChannel },
  '`destroy()` over there': { die: (_, { rpc }) => rpc.notify('leave'), found: 'its goodbye' },
  'this side closes the RTCPeerConnection': { die: ({ connection }) => connection.close(), found: ofChannel },
  'the other page is removed': { die: ({ remove }) => remove(), found: ofChannel, slow: true },
}

matrix(
  'a data channel',
  async (): Promise<Channelled> => {
    const { page, remove } = await addPage<There>(new URL('./data-channel/page.html', import.meta.url), {})
    const connection = new RTCPeerConnection()
    const channel = connection.createDataChannel('service')
    const listeners = countOnTarget(channel)
    const answer = await page.answer(await describeSelf(connection, await connection.createOffer()))
    await connection.setRemoteDescription(answer)
    const end = (): void => {
      connection.close()
      remove()
    }
    return { at: dataChannelTransport(channel), listeners, connection, channel, remove, end }
  },
  channelDeaths,
)
