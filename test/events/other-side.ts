/** What runs on the other side of the event tests, in every environment. It imports nothing of that environment. */
import { RPC, type RPCError, type RPCMessageEvent } from '../../src/index.ts'

/** Only events, or an RPC over them. */
export type Kind = 'events' | 'rpc'

export function answer(kind: Kind, event: RPCMessageEvent): void {
  if (kind === 'rpc') serve(event)
  else reply(event)
}

/** The reply pair of the published work: `do_something` is answered by `re:do_something`. */
function reply(event: RPCMessageEvent): void {
  const collected: unknown[] = []
  event.on('do_something', (data: string) => event.emit('re:do_something', `${data} done`))
  event.on('echo', (...args: unknown[]) => event.emit('re:echo', ...args))
  event.on('size', (buffer: ArrayBuffer) => event.emit('re:size', buffer.byteLength))
  event.on('collect', (value: unknown) => collected.push(value))
  event.on('collected', () => event.emit('re:collected', collected))
  event.on('leave', () => event.destroy())
  event.emit('ready')
}

/** The child of the published examples, and what tells that its notifications arrived. */
function serve(event: RPCMessageEvent): void {
  const rpc = new RPC({ event })
  const noted: unknown[] = []
  rpc.registerMethod('Child.random', () => Math.random())
  rpc.registerMethod('Child.ask', async (a: number, b: number) => {
    const max = await rpc.invoke<number>('Main.max', [a, b])
    const min = await rpc.invoke<number>('Main.min', [a, b])
    return { max, min }
  })
  rpc.registerMethod('Child.note', (value: unknown) => noted.push(value))
  rpc.registerMethod('Child.noted', () => noted)
  rpc.registerMethod('Child.hang', () => new Promise(() => {}))
  rpc.registerMethod('Child.fail', () => {
    throw new Error('the child failed')
  })
  rpc.registerMethod('Child.relay', (method: string) =>
    rpc.invoke(method).catch(({ code, message }: RPCError) => ({ code, message })),
  )
  rpc.registerMethod('Child.leave', () => rpc.destroy())
}
