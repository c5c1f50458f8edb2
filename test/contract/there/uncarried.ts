/** What nothing can carry. */
export const uncarried: Readonly<Record<string, () => unknown>> = {
  'a symbol': () => Symbol('x'),
  'a WeakMap': () => new WeakMap(),
  'a WeakRef': () => new WeakRef({}),
  'a Promise': () => Promise.resolve(1),
  'a revoked Proxy': () => {
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    return proxy
  },
  'a detached ArrayBuffer': () => {
    const buffer = new ArrayBuffer(8)
    structuredClone(buffer, { transfer: [buffer] })
    return buffer
  },
  'a view of a detached ArrayBuffer': () => {
    const view = new Uint8Array(8)
    structuredClone(view, { transfer: [view.buffer] })
    return view
  },
  'a WeakSet': () => new WeakSet(),
  'a Request': () => new Request('https://example.com'),
  'a Response': () => new Response(),
  'an AbortController': () => new AbortController(),
}

export const uncarriedMethods = (): object => ({
  value: (kind: string, isBesideFunction: boolean) => ({
    ...(isBesideFunction && { fn() {} }),
    list: [1, { value: uncarried[kind]?.() }],
  }),
  fromCallback: (fn: () => Promise<unknown>) =>
    fn().then(
      () => 'it resolved',
      ({ code, message }: { code: number; message: string }) => ({ code, message }),
    ),
})
