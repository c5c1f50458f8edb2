/** What portcall warns of where a busy machine starts a peer late. What looks for other warnings leaves it out. */
export const isLate = (text) => text.startsWith('portcall: The peer has not answered the handshake within')
