/** Says one thing to whoever made it. */
const greet = (port: { postMessage(message: unknown): void }): void => port.postMessage('here')

if ('onconnect' in globalThis)
  addEventListener('connect', (event: Event) => (event as MessageEvent).ports.forEach(greet))
else greet(globalThis as unknown as Worker)
