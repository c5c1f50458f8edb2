import { describe, expect, onTestFinished, test } from 'vitest'
import {
  type DataChannelOptions,
  dataChannelTransport,
} from '../../src/adapters/data-channel/data-channel.ts'
import { type Diagnostic, ErrorCode, type RPC, type RPCInitOptions } from '../../src/index.ts'
import { type Connection, type Kind, rejection, start, within } from '../contract/fixture.ts'
import { countOnTarget } from '../contract/listeners.ts'
import { contract } from '../contract/suite.ts'
import { keepIn } from '../late.ts'
import { describeSelf, type There } from './data-channel/connecting.ts'
import { addPage, type OpenedPage } from './pages.ts'

const MINUTE = 60_000

interface Channel extends Connection {
  readonly channel: RTCDataChannel
  readonly listeners: () => number
}

const openOther = (): Promise<OpenedPage<There>> =>
  addPage(new URL('./data-channel/page.html', import.meta.url), {})

async function connectTo({ page }: OpenedPage<There>): Promise<RTCPeerConnection> {
  const connection = new RTCPeerConnection()
  // There must be one for the connection to have any.
  connection.createDataChannel('silent')
  const answer = await page.answer(await describeSelf(connection, await connection.createOffer()))
  await connection.setRemoteDescription(answer)
  return connection
}

let connecting: Promise<RTCPeerConnection> | undefined
const connected = (): Promise<RTCPeerConnection> => (connecting ??= openOther().then(connectTo))

async function open(kind: Kind | 'raw', options?: DataChannelOptions): Promise<Channel> {
  const channel = (await connected()).createDataChannel(kind)
  const listeners = countOnTarget(channel)
  return {
    channel,
    listeners,
    transport: dataChannelTransport(channel, options),
    close: () => channel.close(),
  }
}

contract('an RTCDataChannel to another page', (kind) => open(kind), {
  text: true,
  listeners: ({ listeners }) => listeners(),
  deaths: {
    'this side closes the channel': {
      says: /the channel was closed/,
      die: ({ connection }) => connection.channel.close(),
    },
    'the other side closes the channel': {
      says: /the channel was closed/,
      die: ({ rpc }) => rpc.notify('closeChannel'),
    },
  },
})

describe('an RTCDataChannel', { timeout: 2 * MINUTE }, () => {
  const serve = async (
    options?: DataChannelOptions,
    rpcOptions?: Omit<RPCInitOptions, 'transport'>,
  ): Promise<{ readonly rpc: RPC; readonly channel: RTCDataChannel; readonly sent: string[] }> => {
    const { channel, transport } = await open('service', options)
    onTestFinished(() => channel.close())
    const sent: string[] = []
    const send = channel.send.bind(channel) as (text: string) => void
    channel.send = (text: unknown): void => {
      send(text as string)
      sent.push(text as string)
    }
    return { rpc: start({ ...rpcOptions, transport }), channel, sent }
  }

  /** Of each length that UTF-8 has, so that parts end in the middle of anything. */
  const text = 'aä€\u{1F600}'.repeat(100_000)
  const bytesOf = (part: string): number => new TextEncoder().encode(part).length

  test('one that is open already is used at once', async () => {
    const { channel } = await open('service')
    await new Promise((resolve) => channel.addEventListener('open', resolve))
    expect(await start({ transport: dataChannelTransport(channel) }).invoke('add', [1, 2])).toBe(3)
  })

  test('two channels of one connection are two connections', async () => {
    const [one, other] = await Promise.all([serve(), serve()])
    await one.rpc.invoke('note', ['one'])
    await other.rpc.invoke('note', ['other'])
    expect(await one.rpc.invoke('noted')).toEqual(['one'])
    expect(await other.rpc.invoke('noted')).toEqual(['other'])
  })

  test('a message of 1.1 MB crosses both ways as it was, in parts of at most 16 KiB', async () => {
    const { rpc, sent } = await serve()
    expect(await rpc.invoke('echo', [text])).toBe(text)
    expect(sent.length).toBeGreaterThan(60)
    expect(sent.filter((part) => bytesOf(part) > 16_384)).toEqual([])
  })

  test.for([9, 30, 16_384, 65_536])(
    'with maxMessageSize %i no part has more bytes',
    async (maxMessageSize) => {
      const { rpc, sent } = await serve({ maxMessageSize })
      const some = text.slice(0, 5_000)
      expect(await rpc.invoke('echo', [some])).toBe(some)
      expect(sent.filter((part) => bytesOf(part) > maxMessageSize)).toEqual([])
    },
  )

  test('messages of all sizes are handled in order', async () => {
    const { rpc } = await serve()
    const sizes = Array.from({ length: 30 }, (_, i) => (i % 3) * 20_000 + i)
    for (const size of sizes) rpc.notify('note', ['x'.repeat(size)])
    expect((await rpc.invoke<string[]>('noted')).map(({ length }) => length)).toEqual(sizes)
  })

  test('a message over maxLength is refused where it is sent, and nothing is', async () => {
    const { rpc, sent } = await serve({ maxLength: 1_000 })
    await rpc.connect()
    const before = sent.length
    expect(await rejection(rpc.invoke('length', ['x'.repeat(1_000)]))).toMatchObject({
      code: ErrorCode.TOO_LARGE,
    })
    expect(sent).toHaveLength(before)
    expect(await rpc.invoke('add', [1, 2])).toBe(3)
  })

  test('S60: parts that make more than maxLength are dropped, and what follows is read', async () => {
    const { channel } = await open('raw')
    onTestFinished(() => channel.close())
    await new Promise((resolve) => channel.addEventListener('open', resolve))
    const diagnostics: Diagnostic[] = []
    const noted = new Promise((resolve) => {
      start({
        transport: dataChannelTransport(channel, { maxLength: 1_000 }),
        plain: true,
        policy: 'shared',
        methods: { note: resolve },
        onDiagnostic: keepIn(diagnostics),
      })
    })
    // Comes back as it is.
    for (const part of ['(', '+', '+', '+']) channel.send(part + 'x'.repeat(400))
    for (const part of ['+{', ')}', '(']) channel.send(part)
    channel.send('({"jsonrpc":"2.0",')
    channel.send(')"method":"note","params":["it is read"]}')
    expect(await within(MINUTE, noted)).toBe('it is read')
    expect(diagnostics.map(({ kind }) => kind)).toEqual(['unreadable'])
  })

  test('S61: what waits to be sent is bounded, in the browser too, and what is over that rejects', async () => {
    const maxBuffered = 4_000_000
    const { rpc, channel, sent } = await serve({ maxBuffered })
    await rpc.connect()
    let most = 0
    const calls = Array.from({ length: 10 }, () => {
      const call = rpc.invoke('length', ['x'.repeat(1_000_000)]).catch((error: unknown) => error)
      most = Math.max(most, channel.bufferedAmount)
      return call
    })
    const results = await Promise.all(calls)
    expect(most).toBeLessThan(1_048_576 + 2 * 16_384)
    const refused = results.filter((result) => result !== 1_000_000)
    expect(refused.length).toBeGreaterThan(0)
    expect(refused.length).toBeLessThan(10)
    for (const error of refused)
      expect(error).toMatchObject({
        code: ErrorCode.BUSY,
        message: expect.stringContaining('characters wait already'),
      })
    expect(sent.join('').length).toBeLessThan(maxBuffered + 1_100_000)
    expect(await rpc.invoke('add', [1, 2])).toBe(3)
  })

  test('what was said last is sent before destroy leaves the channel', async () => {
    const { rpc, channel } = await serve()
    await rpc.connect()
    rpc.notify('note', ['x'.repeat(3_000_000)])
    rpc.destroy()
    const next = start({ transport: dataChannelTransport(channel) })
    expect((await next.invoke<string[]>('noted')).map(({ length }) => length)).toEqual([3_000_000])
    expect(await next.invoke('history')).toMatchObject({
      states: ['waiting', 'connected', 'gone', 'connected'],
    })
  })

  test.for([{ ordered: false }, { maxRetransmits: 1 }, { maxPacketLifeTime: 100 }])(
    'one made with %j is refused',
    async (options) => {
      const channel = (await connected()).createDataChannel('silent', options)
      onTestFinished(() => channel.close())
      expect(() => dataChannelTransport(channel)).toThrow(TypeError)
    },
  )

  test('S48: when the other page is closed, what is pending rejects PEER_GONE', async () => {
    const other = await openOther()
    const connection = await connectTo(other)
    onTestFinished(() => connection.close())
    const rpc = start({ transport: dataChannelTransport(connection.createDataChannel('service')) })
    const pending = rejection(rpc.invoke('hang', ['x']))
    await rpc.invoke('started')
    other.remove()
    expect(await within(MINUTE, pending)).toMatchObject({ code: ErrorCode.PEER_GONE })
  })
})
