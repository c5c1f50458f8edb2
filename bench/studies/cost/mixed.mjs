// A fresh process: four connections of four sets of features, called in turn, and prints what a call of each costs, in µs.
//   node mixed.mjs SUBJECT…
import { connect, load } from './subjects.mjs'

const subjects = process.argv.slice(2)
const calls = await Promise.all(subjects.map((subject) => connect(subject, load)))
const rounds = subjects.map(() => [])
for (let round = 0; round < 7; round++)
  for (const [i, call] of calls.entries()) {
    const start = performance.now()
    for (let n = 0; n < 40_000; n++) await call('echo', [{ a: n, b: 'hello' }])
    if (round > 1) rounds[i].push(((performance.now() - start) / 40_000) * 1_000)
  }
const middle = (list) => list.toSorted((a, b) => a - b)[list.length >> 1]
console.log(JSON.stringify(subjects.map((_, i) => middle(rounds[i]))))
