// What the live page takes from the benchmark suite: its rows, its sides, its way of measuring in turn.
import { comlink } from '../../bench/peers/comlink.mjs'
import { portcallInvoke } from '../../bench/peers/portcall-invoke.mjs'
import { portcallWrap } from '../../bench/peers/portcall-wrap.mjs'
import { raw } from '../../bench/peers/raw.mjs'

export { createSampler, interleave, within } from '../../bench/interleave.mjs'
export { summarize } from '../../bench/report/figures.mjs'
export { rowOf } from '../../bench/rows.mjs'
export { answerInFrame, answerInWorker } from '../../bench/sides/answer.mjs'
export { connectFrame, connectWorker } from '../../bench/sides/connect.mjs'

const peers = { raw, 'portcall-invoke': portcallInvoke, 'portcall-wrap': portcallWrap, comlink }

export const peerNames = Object.keys(peers)

export function peerOf(name) {
  if (Object.hasOwn(peers, name)) return peers[name]
  throw new TypeError(`The live page measures no ${name}`)
}
