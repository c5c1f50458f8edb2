/**
 * The medium as one uses it by hand. Node's emitters are quicker by `on` than by `addEventListener`, and `postMessage` is
 * quicker without a second argument.
 */
export function messenger({ endpoint, origin }) {
  if (origin !== undefined)
    return {
      post: (message, transfer) => endpoint.postMessage(message, origin, transfer),
      listen: (listener) =>
        addEventListener('message', (event) => {
          if (event.source === endpoint && event.origin === origin) listener(event.data)
        }),
    }
  return {
    post: (message, transfer) =>
      transfer ? endpoint.postMessage(message, transfer) : endpoint.postMessage(message),
    listen(listener) {
      if (endpoint.on) return endpoint.on('message', listener)
      endpoint.addEventListener('message', ({ data }) => listener(data))
      endpoint.start?.()
    },
  }
}
