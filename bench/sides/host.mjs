// The calling side of an iframe, in a window of its own for each peer: on one window each would hear the others' messages.
import { createSampler } from '../interleave.mjs'
import { peerOf } from '../peers/all.mjs'
import { rowOf } from '../rows.mjs'
import { connectFrame } from './connect.mjs'

const { peer: name, origin } = Object.fromEntries(new URLSearchParams(location.search))

globalThis.open = async (plan) => {
  const address = `${origin}/frame?${new URLSearchParams({ peer: name, origin: location.origin })}`
  const remote = await connectFrame(peerOf(name), address, origin)
  return createSampler(remote, rowOf(plan.row), plan)
}
