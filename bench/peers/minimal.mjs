import { messenger } from './messenger.mjs'

/** JSON-RPC 2.0 by hand, without any check: what the envelope and a method table cost by themselves. */
export const minimal = {
  name: 'minimal',
  title: 'JSON-RPC by hand',
  over: { thread: 'endpoint', worker: 'endpoint', window: 'endpoint' },

  serve(link, api) {
    const { post, listen } = messenger(link)
    const methods = new Map(Object.entries({ ...api, bounce: (buffer) => buffer }))
    listen(({ id, method, params }) => {
      const result = methods.get(method)(...params)
      if (id !== undefined) post({ jsonrpc: '2.0', id, result }, method === 'bounce' ? [result] : undefined)
    })
  },

  connect(link) {
    const { post, listen } = messenger(link)
    const waiting = new Map()
    let lastId = 0
    listen(({ id, result, error }) => {
      const { resolve, reject } = waiting.get(id)
      waiting.delete(id)
      if (error) reject(Object.assign(new Error(error.message), error))
      else resolve(result)
    })
    const invoke = (method, params, transfer) =>
      new Promise((resolve, reject) => {
        const id = ++lastId
        waiting.set(id, { resolve, reject })
        post({ jsonrpc: '2.0', id, method, params }, transfer)
      })
    return {
      call: (...params) => invoke('echo', params),
      take: (value) => invoke('take', [value]),
      note: (...params) => post({ jsonrpc: '2.0', method: 'note', params }),
      noted: () => invoke('noted', []),
      bounce: (buffer) => invoke('bounce', [buffer], [buffer]),
    }
  },
}
