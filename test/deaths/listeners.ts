interface Emitter {
  readonly eventNames: () => (string | symbol)[]
  readonly listeners: (type: string | symbol) => unknown[]
}

/** Count what listens to Node emitters now and did not when this was called. */
export function countOnNode(...emitters: readonly Emitter[]): () => number {
  const all = (): unknown[] =>
    emitters.flatMap((emitter) => emitter.eventNames().flatMap((type) => emitter.listeners(type)))
  const before = new Set(all())
  return () => all().filter((listener) => !before.has(listener)).length
}

/** The same for those that have no `eventNames`. */
export function countOn(
  emitter: { readonly listeners: (type: never) => unknown[] },
  ...types: string[]
): () => number {
  return countOnNode({ eventNames: () => types, listeners: (type) => emitter.listeners(type as never) })
}
