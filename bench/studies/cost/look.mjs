// A fresh process: one look at 8 items of 5 fields, as params are looked at before they are posted, over their structuredClone.
import { isPlainData } from '../../../dist/values/look.js'

const value = {
  items: Array.from({ length: 8 }, (_, id) => ({
    id,
    name: `item number ${id}`,
    price: id * 1.5,
    tags: 'a,b,c,d,e,f and so on until it is about a kB in all',
    ok: true,
  })),
}
const isSpecial = () => false

function time(step, count) {
  for (let i = 0; i < count / 4; i++) step()
  const start = performance.now()
  for (let i = 0; i < count; i++) step()
  return (performance.now() - start) / count
}

const looks = []
const clones = []
for (let round = 0; round < 7; round++) {
  looks.push(time(() => isPlainData([value], 1_000, isSpecial, 0), 100_000))
  clones.push(time(() => structuredClone([value]), 10_000))
}
const middle = (list) => list.toSorted((a, b) => a - b)[list.length >> 1]
console.log(JSON.stringify({ ratio: middle(looks) / middle(clones) }))
