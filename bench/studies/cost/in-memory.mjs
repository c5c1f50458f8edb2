// A fresh process: the first 200 calls of a pair of peers in memory, then many, and prints what one costs, in µs:
//   node in-memory.mjs SUBJECT
import { connect, load } from './subjects.mjs'

const [subject] = process.argv.slice(2)
const call = await connect(subject, load)

/** µs for one of `count` calls after each other. */
async function time(count) {
  const start = performance.now()
  for (let i = 0; i < count; i++) await call('echo', [{ a: i, b: 'hello' }])
  return ((performance.now() - start) / count) * 1_000
}

const cold = await time(200)
await time(60_000)
const hot = []
for (let i = 0; i < 5; i++) hot.push(await time(60_000))
console.log(JSON.stringify({ cold, hot: hot.toSorted((a, b) => a - b)[2] }))
