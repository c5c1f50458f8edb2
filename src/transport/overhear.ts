/** Calls of a host's method that the platform tells nobody of: `terminate` of a Worker, `close` of a worker's self. */

/**
 * Call `told` before or after each call of a method.
 * @returns how to stop that, which leaves the host as it was.
 */
export function overhear(
  host: object,
  name: 'terminate' | 'close',
  told: () => void,
  isBefore = false,
): () => void {
  const former = Object.getOwnPropertyDescriptor(host, name)
  const method = Reflect.get(host, name) as (() => unknown) | undefined
  const value = (): void => {
    if (isBefore) told()
    method?.call(host)
    if (!isBefore) told()
  }
  Object.defineProperty(host, name, { value, configurable: true, writable: true })
  return () => {
    if (former) Object.defineProperty(host, name, former)
    else Reflect.deleteProperty(host, name)
  }
}
