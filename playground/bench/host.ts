// The calling side of an iframe, in a window of its own for each peer: on one window each would hear the others' messages.
import { origins } from '../origins.ts'
import type { Side } from './places.ts'
import { connectFrame, createSampler, peerOf, rowOf } from './suite.mjs'

declare global {
  interface Window {
    /** Make and connect the other side, which stands where this origin is. */
    openSide?: (origin: string) => Promise<Side>
  }
}

window.openSide = async (origin) => {
  const name = new URLSearchParams(location.search).get('peer') ?? ''
  if (![origins.page, origins.other].includes(origin)) throw new TypeError(`Nothing is served at ${origin}`)
  const { pathname } = new URL('frame.html', location.href)
  const remote = await connectFrame(
    peerOf(name),
    `${origin}${pathname}?${new URLSearchParams({ peer: name })}`,
    origin,
  )
  return (row, plan) => createSampler(remote, rowOf(row), plan)
}
