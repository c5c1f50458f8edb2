/** One of several processes that serve a subject. Arguments: the port of NATS, and the subject. */
import { connect } from '@nats-io/transport-node'
import { serveNats } from '../../../../src/entries/nats.ts'
import { parentRPC } from '../../parent.ts'

const [port, subject = ''] = process.argv.slice(2)
const nc = await connect({ port: Number(port), reconnectTimeWait: 50 })
const release: (() => void)[] = []
let runs: unknown[] = []

serveNats(nc, subject, {
  add: (a: number, b: number) => a + b,
  where: () => process.pid,
  fail: () => {
    throw new RangeError('no')
  },
  big: (length: number) => 'x'.repeat(length),
  date: () => new Date(0),
  map: () => new Map(),
  /** Answers when the test says so. */
  hold(name: string) {
    runs.push(name)
    return new Promise((resolve) => release.push(() => resolve([name, process.pid])))
  },
  hang(name: string) {
    runs.push(name)
    return new Promise(() => {})
  },
  each: async (list: number[], fn: (n: number) => Promise<number>) => Promise.all(list.map((n) => fn(n))),
  async *count(to: number) {
    for (let i = 1; i <= to; i++) yield i
  },
  /** Keeps the process busy, so that it answers nothing. */
  busy(ms: number) {
    const end = Date.now() + ms
    while (Date.now() < end);
    return 'done'
  },
})
await nc.flush()
parentRPC({
  release: () => release.splice(0).forEach((step) => step()),
  runs: () => runs,
  clear: () => void (runs = []),
}).notify('ready')
