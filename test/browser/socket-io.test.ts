import { io, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client'
import { describe, expect, inject, onTestFinished, test } from 'vitest'
import { socketIoTransport } from '../../src/adapters/socket-io/socket-io.ts'
import { ErrorCode } from '../../src/index.ts'
import { type Connection, type Kind, rejection, start, within } from '../contract/fixture.ts'
import { contract } from '../contract/suite.ts'
import { bare } from '../windows/medium.ts'

const url = inject('socketIo')

const join = (kind: Kind, options: Partial<ManagerOptions & SocketOptions> = {}): Socket => {
  const socket = io(`${url}/${kind}`, { forceNew: true, reconnectionDelay: 20, ...options })
  onTestFinished(() => void socket.disconnect())
  return socket
}

interface Joined extends Connection {
  readonly socket: Socket
}

const connect = (kind: Kind): Joined => {
  const socket = join(kind, { transports: ['websocket'], reconnection: false })
  return { socket, transport: bare(socketIoTransport(socket)), close: () => socket.disconnect() }
}

contract('a socket of socket.io-client in a browser', connect, {
  text: true,
  deaths: {
    'the server disconnects it': { says: /io server disconnect/, die: ({ rpc }) => rpc.notify('kick') },
    'the connection breaks': { says: /transport/, die: ({ rpc }) => rpc.notify('drop') },
    'the page disconnects': {
      says: /io client disconnect/,
      die: ({ connection }) => connection.socket.disconnect(),
    },
  },
})

describe('a socket of socket.io-client in a browser', () => {
  test.for(['polling', 'websocket'])('by %s, bytes are of the kind that they were', async (transport) => {
    const rpc = start({ transport: socketIoTransport(join('service', { transports: [transport] })) })
    const value = [
      new Uint8Array([1, 2]),
      new Float64Array([1.5]),
      new Uint8Array([3]).buffer,
      new DataView(new ArrayBuffer(2)),
    ]
    expect(await rpc.invoke('echo', [value])).toStrictEqual(value)
  })

  test('what the page sent as auth is in the call context', async () => {
    const socket = join('service', { auth: { user: 'ada' } })
    expect(await start({ transport: socketIoTransport(socket) }).invoke('auth')).toEqual({ user: 'ada' })
  })

  test('S48, S58: after a drop what was pending rejects, nothing is sent again, and it is connected anew', async () => {
    const socket = join('service', { transports: ['websocket'] })
    const rpc = start({ transport: socketIoTransport(socket) })
    const states: string[] = []
    expect(await rpc.invoke('note', ['first'])).toBe(1)
    rpc.onPeer((state) => states.push(state))
    const hang = rejection(rpc.invoke('hang', ['x']))
    await rpc.invoke('started')
    rpc.notify('drop')
    expect(await within(45_000, hang)).toMatchObject({ code: ErrorCode.PEER_GONE })
    // A service of its own: it would know what came again.
    expect(await within(45_000, rpc.invoke('started'))).toEqual([])
    expect(await rpc.invoke('noted')).toEqual([])
    expect(states).toEqual(['connected', 'gone', 'waiting', 'connected'])
  })
})
