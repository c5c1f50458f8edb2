/** Calls of a host's method that the platform tells nobody of: `terminate` of a Worker, `close` of a worker's self. */

/**
 * Call `told` before or after each call of a method. A method that cannot be replaced is left alone: a frozen host, or
 * `parentPort` in a worker of Bun.
 * @returns how to stop that, which leaves the host as it was.
 */
export function overhear<K extends string>(
  host: { [name in K]?: unknown },
  name: K,
  told: () => void,
  isBefore = false,
): () => void {
  const method = host[name] as () => unknown
  const isOwn = Object.hasOwn(host, name)
  const heard = (): void => {
    if (isBefore) told()
    method.call(host)
    if (!isBefore) told()
  }
  if (!Reflect.set(host, name, heard)) return () => {}
  return () => {
    if (isOwn) host[name] = method
    else delete host[name]
  }
}
