import { Worker } from 'node:worker_threads'
import { broadcastBus } from 'portcall/broadcast'

const bus = broadcastBus('example')

const threads = ['red', 'green', 'blue'].map(
  (color) => new Worker(new URL('./thread.mjs', import.meta.url), { workerData: color }),
)
/** @type {Promise<readonly import('portcall/broadcast').BusPeer[]>} */
const allThere = new Promise((resolve) => {
  bus.onJoin(() => {
    if (bus.peers().length === threads.length) resolve(bus.peers())
  })
})

const green = (await allThere).find(({ name }) => name === 'green')
console.log(await bus.peer(green?.id ?? '').invoke('paint', ['the door']))

bus.broadcast('mix', ['white'])
const answers = await bus.gather('paint', ['the wall'], { deadline: 10_000 })
const painted = answers.map((answer) => (answer.status === 'fulfilled' ? answer.value : answer.reason))
console.log(painted.toSorted().join(', '))

const allGone = new Promise((resolve) => {
  bus.onLeave(() => {
    if (bus.peers().length === 0) resolve('all have left')
  })
})
bus.broadcast('stop')
console.log(await allGone)
bus.close()
