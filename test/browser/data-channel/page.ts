/** The other page: runs over each channel what its label says. */
import { dataChannelTransport } from '../../../src/adapters/data-channel/data-channel.ts'
import type { Kind } from '../../contract/fixture.ts'
import { run } from '../../windows/medium.ts'
import { describeSelf, type There } from './connecting.ts'

const connection = new RTCPeerConnection()

connection.addEventListener('datachannel', ({ channel }) => {
  if (channel.label === 'raw') {
    // Says whatever it hears, to be looked at.
    channel.addEventListener('message', ({ data }: MessageEvent<string>) => channel.send(data))
    return
  }
  const more = {
    closeChannel: () => channel.close(),
    length: (text: string) => text.length,
    repeat: (text: string, times: number) => text.repeat(times),
  }
  run(channel.label as Kind, dataChannelTransport(channel), more)
})

const page: There = {
  answer: async (offer) => {
    await connection.setRemoteDescription(offer)
    return describeSelf(connection, await connection.createAnswer())
  },
}
Object.assign(window, { page })
