/** Listen the fastest way that the endpoint has: Node's emitters are quicker by `on` than by `addEventListener`. */
export function onMessage(endpoint, listener) {
  if (endpoint.on) endpoint.on('message', listener)
  else endpoint.addEventListener('message', ({ data }) => listener(data))
}
