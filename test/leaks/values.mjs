// Run by `node --expose-gc values.mjs <scenario> <count>`: prints by how many bytes the heap grew over many values that
// crossed by reference, how many of them are still held, and what the scenario saw.
import { setTimeout as wait } from 'node:timers/promises'
import { proxy, RPC, transfer } from '../../dist/index.js'
import { linkedPair } from '../../dist/testing.js'

const CHUNK = 500
const ROOM = 2 * CHUNK

const turn = () => new Promise((resolve) => setImmediate(resolve))

async function collect(rounds = 2) {
  for (let i = 0; i < rounds; i++) {
    // As a task: after many collections in the middle of one, V8 11 stops to call finalizers.
    await globalThis.gc({ type: 'major', execution: 'async' })
    await wait(1)
  }
}

const seen = { ended: 0 }

async function* numbers() {
  try {
    for (let i = 0; ; i++) yield i
  } finally {
    seen.ended++
  }
}

const methods = {
  hold: () => turn(),
  call: (fn) => fn(),
  make: () => () => 1,
  object: () => proxy({ n: 0, inc: () => 1 }),
  numbers,
  readable: () =>
    new ReadableStream({ pull: (controller) => controller.enqueue(1), cancel: () => void seen.ended++ }),
  async first(stream) {
    for await (const n of stream) return n
  },
}

const text = process.argv[4] === 'text'
const link = linkedPair({ text })
const limits = { maxReferences: ROOM }
const right = new RPC({ transport: link.right, methods, limits })
const left = new RPC({ transport: link.left, methods, limits })
await left.connect()
await right.connect()

const each = (make, count = CHUNK) => Promise.all(Array.from({ length: count }, (_, i) => make(i)))

/** One chunk of values that are passed and dropped. */
const scenarios = {
  callbacks: () =>
    each((i) =>
      i % 2 ? left.invoke('hold', [() => i, { deep: [() => i] }]) : left.invoke('call', [() => i]),
    ),
  results: () => each(() => left.invoke('make').then((fn) => fn())),
  proxies: () =>
    each((i) => (i % 2 ? left.invoke('hold', [proxy({ i })]) : left.invoke('object').then((it) => it.inc()))),
  neverIterated: () => each((i) => (i % 2 ? left.invoke('numbers') : left.invoke('hold', [numbers()]))),
  async brokenOut() {
    await each(async (i) => {
      if (i % 2) return left.invoke('first', [numbers()])
      const stream = await left.invoke('numbers')
      // oxlint-disable-next-line typescript/await-thenable -- what a remote method returns has no type here
      for await (const n of stream) if (n > 2) break
    })
  },
  async abandoned() {
    await each(async () => {
      const stream = await left.invoke('numbers')
      await stream.next()
    })
  },
  async withSignal() {
    await each(() => left.invoke('numbers', null, { signal: shared }))
  },
  signals: () => each((i) => left.invoke('hold', [new AbortController().signal, i])),
  async abortedSignals() {
    const controllers = Array.from({ length: CHUNK }, () => new AbortController())
    await each((i) => left.invoke('hold', [controllers[i].signal]))
    for (const controller of controllers) controller.abort('enough')
  },
  async unanswered() {
    const abort = new AbortController()
    const calls = Array.from({ length: CHUNK }, (_, i) =>
      left.invoke(i % 2 ? 'make' : 'numbers', null, { signal: abort.signal }).catch(() => {}),
    )
    // What answers is under way, or is not waited for any more.
    await Promise.resolve()
    abort.abort('enough')
    await Promise.all(calls)
    await turn()
  },
  unsendable: () =>
    each((i) =>
      left
        .invoke('hold', [() => i, proxy({}), numbers(), new AbortController().signal, Symbol('no')])
        .then(unexpected, () => {}),
    ),
  refused: () =>
    each((i) => left.invoke('hold', [() => i, numbers(), transfer({}, [{}])]).then(unexpected, () => {})),
}

const { signal: shared } = new AbortController()

function unexpected() {
  throw new Error('Should have rejected')
}

/** As many as there is room for, of every kind, in both directions: only if nothing is held. */
async function held() {
  const kinds = [(i) => () => i, () => numbers(), () => new AbortController().signal]
  for (const rpc of [left, right])
    for (const make of kinds) {
      const fits = await rpc
        .invoke(
          'hold',
          Array.from({ length: ROOM }, (_, i) => make(i)),
        )
        .then(
          () => true,
          () => false,
        )
      if (!fits) return String(make)
      await collect(3)
    }
  return 'nothing'
}

/** A call of something that nobody holds any more is answered. */
async function midFlight(count) {
  let answered = 0
  let answer
  const kept = {
    make: () => () => new Promise((resolve) => (answer = resolve)),
    method: () => new Promise((resolve) => (answer = resolve)),
  }
  const started = async (i) => {
    const { port1, port2 } = new MessageChannel()
    const server = new RPC({ transport: port2, methods: kept })
    const call = await startedOn(port1, i)
    return { server, call, port1 }
  }
  for (let i = 0; i < count; i++) {
    const { server, call, port1 } = await started(i)
    while (!answer) await turn()
    await collect(1)
    answer(i)
    answer = undefined
    if ((await call.promise) === i) answered++
    server.destroy()
    port1.close()
  }
  return answered
}

// In an object, as a promise of a promise would be awaited. Nothing but that promise is left of the client.
async function startedOn(port, i) {
  const client = new RPC({ transport: port })
  await client.connect()
  if (i % 2) return { promise: client.remote().method() }
  const fn = await client.invoke('make')
  return { promise: fn() }
}

const heap = async () => {
  await collect(4)
  return process.memoryUsage().heapUsed
}

const [name, count] = process.argv.slice(2)
if (name === 'midFlight') process.stdout.write(JSON.stringify({ answered: await midFlight(Number(count)) }))
else {
  const run = async (values) => {
    for (let i = 0; i < values; i += CHUNK) {
      await scenarios[name]()
      await turn()
      await collect()
    }
  }
  await run(4 * CHUNK)
  const before = await heap()
  await run(Number(count))
  const grew = (await heap()) - before
  const { ended } = seen
  process.stdout.write(JSON.stringify({ grew, ended, held: await held() }))
}
right.destroy()
left.destroy()
process.exit()
