// Real calls between two Node threads, each printed with what came of it and how long it took.
import { inspect } from 'node:util'
import { Worker } from 'node:worker_threads'
import { expose, rpcOf, withOptions, wrap } from '../../dist/index.js'
import { paint, print } from './print.mjs'

const BURST = 20_000

export async function runDemo() {
  const worker = new Worker(new URL('thread.mjs', import.meta.url))
  const thread = wrap(worker)
  const rpc = rpcOf(thread)
  expose({ askName: () => 'main thread' }, worker)
  const start = performance.now()
  try {
    await rpc.connect(10_000)
    print.title('Two Node threads', `connected in ${duration(performance.now() - start)}`)

    await show('a result', 'thread.sum(1, 2, 3)', () => thread.sum(1, 2, 3))
    await show('an object', 'thread.summarize([3, 1, 4])', () => thread.summarize([3, 1, 4]))
    await show('it calls back', "thread.greet('Hello')", () => thread.greet('Hello'))
    await show('a notification', "withOptions(thread, { isNotify: true }).note('hi')", () =>
      withOptions(thread, { isNotify: true }).note('hi'),
    )
    await show('a batch', "rpc.batch((call) => [call('sum', [4, 5]), call('notes')])", () =>
      rpc.batch((call) => [call('sum', [4, 5]), call('notes')]),
    )
    await show('its error', 'thread.account.withdraw(5)', () => thread.account.withdraw(5))
    await show('unknown method', 'thread.launch()', () => thread.launch())
    await show('a timeout', 'withOptions(thread, { timeout: 100 }).sleep(5_000)', () =>
      withOptions(thread, { timeout: 100 }).sleep(5_000),
    )
    await show('an abort', 'withOptions(thread, { signal }).sleep(5_000)', () =>
      withOptions(thread, { signal: abortedIn(50) }).sleep(5_000),
    )
    await showRate(thread)
  } finally {
    rpc.destroy()
    await worker.terminate()
  }
}

async function show(what, code, call) {
  const start = performance.now()
  let outcome
  try {
    const value = await call()
    outcome =
      value === undefined ? paint.dim('sent, no answer expected') : inspect(value, { colors: paint.on })
  } catch (error) {
    outcome = paint.red(describe(error))
  }
  print.row(what, code, outcome, duration(performance.now() - start))
}

/** An abort rejects with the signal's own reason, everything else with an RPCError. */
function describe({ name, code, message, data }) {
  const head = Number.isInteger(code) && name === 'RPCError' ? `RPCError ${code}` : name
  return `${head}: ${message}${data === undefined ? '' : ` ${inspect(data)}`}`
}

async function showRate(thread) {
  const start = performance.now()
  for (let i = 0; i < BURST; i++) await thread.sum(i, 1)
  const milliseconds = performance.now() - start
  const rate = Math.round((BURST / milliseconds) * 1_000).toLocaleString('en')
  const outcome = paint.bold(`${rate} calls/s, one after the other`)
  print.row('how fast', `${BURST.toLocaleString('en')} × thread.sum(i, 1)`, outcome, duration(milliseconds))
}

function abortedIn(milliseconds) {
  const controller = new AbortController()
  setTimeout(() => controller.abort(), milliseconds)
  return controller.signal
}

const duration = (milliseconds) => `${milliseconds.toFixed(milliseconds < 10 ? 2 : 0)} ms`
