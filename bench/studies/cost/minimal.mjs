/** JSON-RPC 2.0 by hand, without any check. */
export function minimal(left, right, methods) {
  const pending = new Map()
  let lastId = 0
  left.listen({
    message: ({ id, method, params }) =>
      left.post({ jsonrpc: '2.0', id, result: methods[method](...params) }),
  })
  right.listen({
    message({ id, result }) {
      const resolve = pending.get(id)
      pending.delete(id)
      resolve(result)
    },
  })
  return (method, params) =>
    new Promise((resolve) => {
      const id = ++lastId
      pending.set(id, resolve)
      right.post({ jsonrpc: '2.0', id, method, params })
    })
}
