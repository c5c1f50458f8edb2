import { expose, rpcOf, type Transport, wrap } from 'portcall'
import { type Link, type Surroundings, TIMEOUT } from './place.ts'

/** Speak through a transport: both sides call. */
export function linkOver(
  transport: Transport,
  { page, onState }: Surroundings,
  end: (call: Link['call']) => void,
): Link {
  const rpc = rpcOf(wrap(transport, { timeout: TIMEOUT }))
  expose(page, transport)
  const stop = rpc.onPeer(onState)
  const call: Link['call'] = (method, ...args) => rpc.invoke(method, args)
  return {
    call,
    kill: () => end(call),
    close() {
      stop()
      rpc.destroy()
    },
  }
}
