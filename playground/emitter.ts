import type { RPCEvent, RPCMessageEvent } from 'portcall'

/** The name of the event that an RPC over `socketOver` sends its messages by. */
export const SOCKET_EVENT = 'socket:rpc.message'

/** Something that has emit, on and off and no more, as a socket has: here the events of another, under names of its own. */
export const socketOver = (events: RPCMessageEvent): RPCEvent => ({
  emit: (name, ...args) => events.emit(`socket:${name}`, ...args),
  on: (name, listener) => events.on(`socket:${name}`, listener),
  off: (name, listener) => events.off(`socket:${name}`, listener),
})
