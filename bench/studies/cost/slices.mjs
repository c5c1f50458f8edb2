// A fresh process with two threads, one of raw postMessage and one of a peer: slices of 20 ms of each in turn, from the start,
// as programs run whose code the optimiser has barely seen. Prints the ratio of the time of one call.
//   node slices.mjs PEER ROW SLICES
import { connectPeer } from '../../hosts/node.mjs'

const [name, row, slices] = process.argv.slice(2)
const SLICE = 20

const units = {
  sequential: (remote) => (i) => remote.call({ a: i, b: 'hello' }),
  transfer(remote) {
    let buffer = new ArrayBuffer(10_000_000)
    return async () => (buffer = await remote.bounce(buffer))
  },
}

const open = async (peer) => {
  const { remote, stop } = await connectPeer(peer)
  return { call: units[row](remote), stop }
}

async function slice(call) {
  const start = performance.now()
  let count = 0
  do await call(count++)
  while (performance.now() - start < SLICE)
  return (performance.now() - start) / count
}

const raw = await open('raw')
const own = await open(name)
await raw.call(0)
await own.call(0)
const ratios = []
let before = await slice(raw.call)
for (let i = 0; i < Number(slices); i++) {
  const time = await slice(own.call)
  const after = await slice(raw.call)
  ratios.push((2 * time) / (before + after))
  before = after
}
console.log(JSON.stringify({ ratio: ratios.toSorted((a, b) => a - b)[ratios.length >> 1] }))
await Promise.all([raw, own].map(({ stop }) => stop()))
process.exit()
