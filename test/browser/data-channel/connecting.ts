/** The half of a peer connection that both pages make alike: descriptions are handed over when they hold all candidates. */

export interface There {
  /** Take an offer. @returns the answer. */
  readonly answer: (offer: RTCSessionDescriptionInit) => Promise<RTCSessionDescriptionInit>
}

/** Set a description of this side. @returns it, with all candidates. */
export async function describeSelf(
  connection: RTCPeerConnection,
  description: RTCSessionDescriptionInit,
): Promise<RTCSessionDescriptionInit> {
  const gathered = new Promise<void>((resolve) => {
    connection.addEventListener('icegatheringstatechange', () => {
      if (connection.iceGatheringState === 'complete') resolve()
    })
  })
  await connection.setLocalDescription(description)
  await gathered
  const { type, sdp } = connection.localDescription ?? description
  return { type, ...(sdp !== undefined && { sdp }) }
}
