/** `exchange`, which the example of data channels leaves to its reader: between the tabs of one origin. */

declare global {
  function exchange(connection: RTCPeerConnection): void
}

interface Signal {
  readonly description?: RTCSessionDescriptionInit
  readonly candidate?: RTCIceCandidateInit
}

globalThis.exchange = (connection) => {
  const channel = new BroadcastChannel('signaling')
  const post = (signal: Signal): void => channel.postMessage(signal)
  const describe = async (): Promise<void> => {
    await connection.setLocalDescription()
    if (connection.localDescription) post({ description: connection.localDescription.toJSON() })
  }
  const hear = async ({ description, candidate }: Signal): Promise<void> => {
    if (description) await connection.setRemoteDescription(description)
    if (description?.type === 'offer') await describe()
    if (candidate) await connection.addIceCandidate(candidate)
  }
  let last = Promise.resolve()
  connection.addEventListener(
    'icecandidate',
    ({ candidate }) => candidate && post({ candidate: candidate.toJSON() }),
  )
  connection.addEventListener('negotiationneeded', () => void describe())
  channel.addEventListener(
    'message',
    ({ data }: MessageEvent<Signal>) => (last = last.then(() => hear(data))),
  )
}

export {}
