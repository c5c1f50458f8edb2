/** A hostile worker of an honest page, and an honest worker of a hostile page: each is the peer, and no more than that. */
import { expect, onTestFinished, test } from 'vitest'
import { ErrorCode, proxy, RPC, rpcOf, wrap } from '../../src/index.ts'
import { serve } from '../contract/service.ts'
import { flood, lasting, NOTHING, numbersIn, shots, stealing } from './adversary/attacks.ts'
import { createLoot, shootAll } from './adversary/loot.ts'
import { give } from './adversary/orders.ts'
import { expectAlive, obeyed } from './adversary/stage.ts'
import { createVictim, type FramedReport, SECRET } from './adversary/victim.ts'
import { watch } from './adversary/watch.ts'
import { until } from './windows/stage.ts'

const hostileWorker = (): Worker =>
  new Worker(new URL('./adversary/hostile-worker.ts', import.meta.url), { type: 'module' })
const honestWorker = (): Worker =>
  new Worker(new URL('./adversary/honest-worker.ts', import.meta.url), { type: 'module' })

const CAN = ['cancel', 'close', 'details', 'values', 'frame', 'ping', 'lock']
const EXPOSED = ['add', 'note', 'math.sum', 'vault.note', 'callback']

const request = (id: string, method: string, params: unknown): object => ({
  jsonrpc: '2.0',
  id,
  method,
  params,
})

/** A page with a hostile worker, and a connection with somebody else. */
async function pageWithHostileWorker() {
  const watched = watch()
  onTestFinished(watched.stop)
  const { port1, port2 } = new MessageChannel()
  const peer = serve(port2)
  const victim = createVictim(port1)
  const worker = hostileWorker()
  onTestFinished(() => {
    victim.end()
    peer.destroy()
    worker.terminate()
  })
  const called: string[] = []
  const method =
    (name: string) =>
    (...args: unknown[]) => {
      called.push(name)
      return args.length
    }
  const vault = { _secret: SECRET, label: 'label', note: method('vault.note') }
  const connect = (): RPC => {
    const rpc = new RPC({
      transport: worker,
      methods: { add: method('add'), note: method('note'), math: { sum: method('math.sum') } },
    })
    onTestFinished(() => rpc.destroy())
    return rpc
  }
  /** Calls that the worker may answer or not, with all that it may use and no secret in it. */
  const callsOf = (rpc: RPC): { readonly settled: () => number } => {
    let settled = 0
    for (let n = 0; n < 20; n++)
      rpc
        .invoke('anything', [proxy(vault), method('callback'), new AbortController().signal])
        .catch(() => {})
        .finally(() => settled++)
    return { settled: () => settled }
  }
  const loot = (): Promise<string[]> => give(worker, { do: 'loot' })
  let asked = 0
  return {
    worker,
    called,
    connect,
    callsOf,
    loot,
    greet: () => give(worker, { do: 'greet', can: CAN }),
    shoot: (all: ReturnType<typeof shots>) => give(worker, { do: 'shoot', at: [], shots: all }),
    /** The session answers the next call of the worker, in a frame or not. */
    expectAnswer: async (): Promise<void> => {
      const id = `asked ${++asked}`
      await give(worker, { do: 'shoot', at: [], shots: [{ message: request(id, 'add', [1, 2]) }] })
      await until(async () => (await loot()).some((one) => one.includes(id) && /result 2|true/.test(one)))
    },
    expectUnharmed: async (): Promise<void> => {
      await expectAlive(victim.report)
      const { rejected, diagnostics, states } = victim.report()
      expect({ rejected, diagnostics, states }).toEqual({
        rejected: [],
        diagnostics: [],
        states: ['waiting', 'connected'],
      })
      expect(called.filter((name) => !EXPOSED.includes(name))).toEqual([])
      expect((await loot()).filter((one) => one.includes(SECRET))).toEqual([])
      expect(vault).toMatchObject({ _secret: SECRET })
      expect(watched.uncaught).toEqual([])
      expect(watched.changed()).toEqual([])
    },
  }
}

test('S16, S18, S22, S26, S27: a hostile worker can call what is exposed to it and nothing else, before and after its hello', async () => {
  const page = await pageWithHostileWorker()
  const all = shots(NOTHING)
  await page.shoot(lasting(all))
  const rpc = page.connect()
  const calls = page.callsOf(rpc)
  await page.shoot(lasting(all))
  await page.greet()
  await page.expectAnswer()
  await page.shoot(lasting(all))
  await page.greet()
  await page.expectAnswer()
  const known = (await page.loot()).length
  const more = page.callsOf(rpc)
  const numbers = async (): Promise<number[]> => numbersIn((await page.loot()).slice(known))
  await until(async () => (await numbers()).length >= 20)
  await page.shoot(stealing(await numbers()))
  await page.expectAnswer()
  await page.shoot(lasting(all))
  await page.shoot(flood())
  await page.greet()
  await page.expectAnswer()
  await page.expectUnharmed()
  rpc.destroy()
  await until(() => calls.settled() + more.settled() === 40)
  expect([calls.settled(), more.settled()]).toEqual([20, 20])
})

test('S43, S49: nothing of a hostile worker is heard after destroy and after it was terminated, and its goodbye ends all calls', async () => {
  const page = await pageWithHostileWorker()
  const all = shots(NOTHING)
  const first = page.connect()
  await page.greet()
  await page.expectAnswer()
  first.destroy()
  const got = (await page.loot()).length
  const count = page.called.length
  await page.shoot(all)
  await page.expectUnharmed()
  expect([(await page.loot()).length, page.called.length]).toEqual([got, count])

  const second = page.connect()
  await page.greet()
  const calls = page.callsOf(second)
  await page.expectAnswer()
  await page.shoot([{ message: { jsonrpc: '2.0', method: 'rpc.close' } }])
  await until(() => calls.settled() === 20)
  await expect(second.invoke('anything')).rejects.toMatchObject({ code: ErrorCode.PEER_GONE })
  await page.shoot(all)
  await page.expectUnharmed()
  second.destroy()

  const third = page.connect()
  await page.greet()
  const last = page.callsOf(third)
  await page.expectAnswer()
  const shooting = page.shoot([...all, ...flood()]).catch(() => {})
  page.worker.terminate()
  const terminated = page.called.length
  await until(() => last.settled() === 20)
  await expect(third.invoke('anything')).rejects.toMatchObject({ code: ErrorCode.PEER_GONE })
  await new Promise((resolve) => setTimeout(resolve, 200))
  expect(page.called).toHaveLength(terminated)
  void shooting
})

test('S16, S18, S22, S26: a hostile page gets nothing of its worker but what that exposes', async () => {
  const worker = honestWorker()
  onTestFinished(() => worker.terminate())
  const { port1, port2 } = new MessageChannel()
  const peer = serve(port2)
  onTestFinished(() => peer.destroy())
  const loot = createLoot()
  worker.addEventListener('message', ({ data, ports }) => loot.take(data, ports))
  const shoot = (all: ReturnType<typeof shots>): void => {
    shootAll(all, loot.take, (message, transfer) => worker.postMessage(message, transfer))
  }
  const report = (): Promise<FramedReport> => obeyed(worker, { do: 'report' })
  const all = shots(NOTHING)

  // Before its script runs.
  shoot(lasting(all))
  worker.postMessage('a port', [port1])
  await expectAlive(report)
  const remote = wrap<{ vault(): Promise<{ run(): Promise<number> }>; add(...args: number[]): number }>(
    worker,
  )
  const vault = await remote.vault()
  expect(await vault.run()).toBeGreaterThan(0)
  expect(numbersIn(loot.all()).length).toBeGreaterThan(0)
  shoot(stealing(numbersIn(loot.all())))
  expect(await vault.run()).toBeGreaterThan(0)
  shoot(lasting(all))
  shoot(flood())
  await expectAlive(report)
  rpcOf(remote).destroy()

  using again = new RPC({ transport: worker })
  expect(await again.invoke('add', [1, 2])).toBeGreaterThan(0)
  shoot(all)
  await expectAlive(report)
  shoot(all)
  await expectAlive(report)
  const { rejected, states, diagnostics, uncaught, changed, exposed } = await report()
  expect({ rejected, states, diagnostics, uncaught, changed }).toEqual({
    rejected: [],
    states: ['waiting', 'connected'],
    diagnostics: [],
    uncaught: [],
    changed: [],
  })
  const names = new Set(exposed.map((one) => one.split(' ')[0]))
  expect(['add', 'note', 'vault.run']).toEqual(expect.arrayContaining([...names]))
  expect(loot.all().filter((one) => one.includes(SECRET))).toEqual([])
})
