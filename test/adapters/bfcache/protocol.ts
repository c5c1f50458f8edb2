/** What a page that was left and comes back is connected with. */
export const cases = [
  'nothing',
  'a bare worker',
  'a bare iframe',
  'a bare SharedWorker',
  'a bare BroadcastChannel',
  'bare locks that are not held any more',
  'an idle worker',
  'a worker after destroy()',
  'a worker with an open call',
  'a worker that keeps a callback',
  'an idle iframe of its own origin',
  'an idle iframe of another origin',
  'an iframe of its own origin with an open call',
  'an iframe of another origin with an open call',
  'an idle SharedWorker',
  'a SharedWorker with an open call',
  'a bus',
  'a bus with a worker on it',
  'a bus with an iframe on it',
  'a bus on which others talk',
  'a bare service worker',
  'a bare service worker that holds a lock',
  'an idle service worker',
  'a service worker with an open call',
] as const

export type Case = (typeof cases)[number]

/** What it says afterwards. */
export interface Report {
  readonly case: Case
  /** It came back from the cache, and was not loaded anew. */
  readonly persisted: boolean
  /** Why it was not, where the browser tells. */
  readonly reasons?: string
  /** How the call ended that was open. */
  readonly open?: unknown
  /** What a new call gave. */
  readonly again?: unknown
  /** What `onPeer` said. */
  readonly states?: readonly string[]
  readonly error?: string
}
