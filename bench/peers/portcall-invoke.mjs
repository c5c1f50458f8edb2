import { RPC } from '../../dist/index.js'
import { extras, over, serve, transportOf } from './portcall.mjs'

export const portcallInvoke = {
  name: 'portcall-invoke',
  title: 'portcall `invoke`',
  over,
  serve,

  async connect(link) {
    const rpc = new RPC({ transport: transportOf(link) })
    await rpc.connect()
    return {
      call: (...args) => rpc.invoke('echo', args),
      take: (value) => rpc.invoke('take', [value]),
      note: (...args) => rpc.notify('note', args),
      noted: () => rpc.invoke('noted', []),
      fail: () => rpc.invoke('fail', []),
      ...extras(rpc.remote()),
    }
  },
}
