import { onMessage } from './listen.mjs'

/** What one writes by hand: an id, a map of resolvers, one post per call. Everything else is measured against it. */
export const raw = {
  name: 'raw',
  title: 'raw postMessage',

  serve(endpoint) {
    onMessage(endpoint, ({ id, args }) => endpoint.postMessage({ id, result: args[0] }))
  },

  connect(endpoint) {
    const waiting = new Map()
    let lastId = 0
    onMessage(endpoint, ({ id, result }) => {
      const resolve = waiting.get(id)
      waiting.delete(id)
      resolve(result)
    })
    return (...args) =>
      new Promise((resolve) => {
        const id = ++lastId
        waiting.set(id, resolve)
        endpoint.postMessage({ id, args })
      })
  },
}
