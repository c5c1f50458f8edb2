// The calling side in a browser: one worker for each peer.
import { interleave } from '../interleave.mjs'
import { peerOf } from '../peers/all.mjs'
import { rowOf } from '../rows.mjs'

globalThis.measure = ({ row, rounds, peers }) => {
  const connect = (name) => peerOf(name).connect(new Worker('/worker.js', { type: 'module', name }))
  const calls = new Map(peers.map((name) => [name, connect(name)]))
  return interleave(calls, rowOf(row), rounds)
}
