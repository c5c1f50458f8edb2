const types = ['message', 'messageerror', 'error', 'exit', 'close', 'online']

/** Count the listeners of a Node Worker or MessagePort. */
export const countOnEmitter = (emitter: { listenerCount(type: string): number }): number =>
  types.reduce((sum, type) => sum + emitter.listenerCount(type), 0)

/** Count, from now on, the listeners that are added to an EventTarget and not removed. */
export function countOnTarget(target: EventTarget): () => number {
  const added = new Map<string, Set<unknown>>()
  const add = target.addEventListener.bind(target)
  const remove = target.removeEventListener.bind(target)
  target.addEventListener = (type: string, listener: EventListener): void => {
    added.set(type, (added.get(type) ?? new Set()).add(listener))
    add(type, listener)
  }
  target.removeEventListener = (type: string, listener: EventListener): void => {
    added.get(type)?.delete(listener)
    remove(type, listener)
  }
  return () => [...added.values()].reduce((sum, listeners) => sum + listeners.size, 0)
}
