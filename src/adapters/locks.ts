/**
 * Web Locks as signs of life: a lock is released when the context that holds it ends, however it ends
 * (https://www.w3.org/TR/web-locks/#termination-of-locks). And a page that is left and comes back.
 */

const PREFIX = 'portcall:'

/** A goodbye by message may be slower than the lock: it says more, so it is waited for. */
const GRACE_MS = 100

/** Until an end is found by looking. */
const POLL_MS = 1_000

const locks = (): LockManager | undefined =>
  (globalThis as { readonly navigator?: Partial<Navigator> }).navigator?.locks

/** Hold the lock of `id` and call `held`, at once where there are no locks. @returns how to release it. */
export function holdLock(id: string, held: () => void): () => void {
  let release = (): void => {}
  const released = new Promise<void>((resolve) => (release = resolve))
  let isHeld = false
  const hold = (): Promise<void> => {
    isHeld = true
    held()
    return released
  }
  const without = (): void => {
    if (!isHeld) held()
  }
  const asked = locks()?.request(PREFIX + id, hold) ?? Promise.reject(new TypeError('There are no locks'))
  asked.catch(without)
  return release
}

/** Call `ended` when nobody holds the lock of `id`, which was held. @returns how to stop that. */
export function watchLock(id: string, ended: () => void): () => void {
  const controller = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  const granted = (): void => {
    if (!controller.signal.aborted) timer = setTimeout(ended, GRACE_MS)
  }
  locks()
    ?.request(PREFIX + id, { mode: 'shared', signal: controller.signal }, granted)
    .catch(() => {})
  return () => {
    controller.abort()
    clearTimeout(timer)
  }
}

/** As `watchLock`, but looks now and then: to wait for a lock keeps a page out of Firefox's back/forward cache. */
export function pollLock(id: string, ended: () => void): () => void {
  let timer: ReturnType<typeof setInterval> | undefined
  const look = ({ held }: LockManagerSnapshot): void => {
    if (timer && !held?.some(({ name }) => name === PREFIX + id)) ended()
  }
  timer = setInterval(
    () =>
      void locks()
        ?.query()
        .then(look, () => {}),
    POLL_MS,
  )
  return () => {
    clearInterval(timer)
    timer = undefined
  }
}

/** Call `left` when this page is left, and `back` when it comes back from the back/forward cache. @returns how to stop. */
export function watchPage(left: () => void, back: () => void): () => void {
  // A worker would keep listeners for events that it never has.
  if (!('onpagehide' in globalThis)) return () => {}
  const onShow = ({ persisted }: PageTransitionEvent): void => {
    if (persisted) back()
  }
  addEventListener('pagehide', left)
  addEventListener('pageshow', onShow)
  return () => {
    removeEventListener('pagehide', left)
    removeEventListener('pageshow', onShow)
  }
}
