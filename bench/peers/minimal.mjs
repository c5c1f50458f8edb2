import { onMessage } from './listen.mjs'

/** JSON-RPC 2.0 by hand, without any check: what the envelope and a method table cost by themselves. */
export const minimal = {
  name: 'minimal',
  title: 'JSON-RPC by hand',

  serve(endpoint) {
    const methods = new Map([['echo', (first) => first]])
    onMessage(endpoint, ({ id, method, params }) => {
      const result = methods.get(method)(...params)
      endpoint.postMessage({ jsonrpc: '2.0', id, result })
    })
  },

  connect(endpoint) {
    const waiting = new Map()
    let lastId = 0
    onMessage(endpoint, ({ id, result, error }) => {
      const { resolve, reject } = waiting.get(id)
      waiting.delete(id)
      if (error) reject(Object.assign(new Error(error.message), error))
      else resolve(result)
    })
    return (...params) =>
      new Promise((resolve, reject) => {
        const id = ++lastId
        waiting.set(id, { resolve, reject })
        endpoint.postMessage({ jsonrpc: '2.0', id, method: 'echo', params })
      })
  },
}
