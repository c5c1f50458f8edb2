/** A frame of the soak: it serves its parent, and calls back. */
import { expose, windowTransport, wrap } from '../../src/index.ts'
import { createService, type Service } from './work.ts'

const tell = (what: string, error: unknown): void => {
  // oxlint-disable-next-line no-console -- what a page's owner sees
  console.error(`soak: ${what} in a frame: ${String(error)}`)
}
addEventListener('unhandledrejection', ({ reason }) => tell('unhandled', reason))
addEventListener('error', ({ message }) => tell('error', message))

const origin = new URLSearchParams(location.search).get('parent') ?? location.origin
const remote = wrap<Service>(windowTransport(parent, { origin }))
expose(
  { ...createService(() => remote), reload: () => location.reload() },
  windowTransport(parent, { origin }),
)
