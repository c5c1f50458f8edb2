/** Errors of the peer's environment before the peer has connected. */
import { Worker } from 'node:worker_threads'
import { afterEach, expect, onTestFinished, test, vi } from 'vitest'
import { channelTransport, type Endpoint, RPC } from '../../src/index.ts'
import { RPC as CoreRPC } from '../../src/core.ts'
import { outcomeOf, rejection, request, result } from '../peer/pair.ts'
import { hello } from '../peer/peer.ts'

afterEach(() => void vi.useRealTimers())

type Listener = (event: unknown) => void

/** A worker of a browser, whose events the test fires. */
function fakeWorker() {
  vi.useFakeTimers()
  const listeners = new Map<string, Listener>()
  const posted: unknown[] = []
  const worker: Endpoint & Record<string, unknown> = {
    postMessage: (message: unknown) => void posted.push(message),
    addEventListener: (type: string, listener: Listener) => void listeners.set(type, listener),
    removeEventListener: (type: string) => void listeners.delete(type),
    terminate() {},
  }
  const fire = (type: string, event: unknown): void => listeners.get(type)?.(event)
  const say = (message: unknown): void => fire('message', { data: message })
  return { worker, posted, fire, say }
}

const thrown = { message: 'Uncaught Error: of somebody else', error: undefined }

const kinds = { portcall: RPC, 'portcall/core': CoreRPC as unknown as typeof RPC }

for (const [name, Kind] of Object.entries(kinds)) {
  test(`C48: ${name}: what waits is answered when the script goes on after an error of another one`, async () => {
    const { worker, posted, fire, say } = fakeWorker()
    using rpc = new Kind({ transport: worker })
    const before = rpc.invoke('a', null, { id: 1 })
    fire('error', thrown)
    const after = rpc.invoke('b', null, { id: 2 })
    const connected = rpc.connect()
    vi.advanceTimersByTime(2_900)
    expect([await outcomeOf(before), await outcomeOf(after)]).toEqual(['pending', 'pending'])

    say(hello('they'))
    expect(posted.slice(2)).toEqual([request(1, 'a'), request(2, 'b')])
    say(result(1, 'one'))
    say(result(2, 'two'))
    expect(await Promise.all([before, after])).toEqual(['one', 'two'])
    await connected

    const later = rpc.invoke('c', null, { id: 3 })
    vi.advanceTimersByTime(60_000)
    expect(await outcomeOf(later)).toBe('pending')
    say(result(3, 'three'))
    expect(await later).toBe('three')
  })

  test(`C48: ${name}: without a hello in 3 s what waits rejects with the error`, async () => {
    const { worker, fire, say } = fakeWorker()
    using rpc = new Kind({ transport: worker })
    const before = rpc.invoke('a')
    fire('error', thrown)
    const calls = [before, rpc.connect(0), rpc.invoke('b')]
    vi.advanceTimersByTime(2_999)
    for (const call of calls) expect(await outcomeOf(call)).toBe('pending')
    vi.advanceTimersByTime(1)
    for (const call of calls)
      expect(await rejection(call)).toMatchObject({
        code: -32050,
        message: expect.stringContaining('of somebody else'),
      })

    const later = rpc.invoke('c', null, { id: 9 })
    say(hello('they'))
    say(result(9, 'late'))
    expect(await later).toBe('late')
  })

  test(`C48: ${name}: of several errors the first counts`, async () => {
    const { worker, fire } = fakeWorker()
    using rpc = new Kind({ transport: worker })
    const call = rpc.invoke('a')
    fire('error', thrown)
    vi.advanceTimersByTime(2_000)
    fire('error', { message: 'Uncaught Error: second' })
    vi.advanceTimersByTime(1_000)
    expect(await rejection(call)).toMatchObject({ message: expect.stringContaining('of somebody else') })
  })

  test(`C48: ${name}: a script that could not be loaded rejects at once`, async () => {
    for (const event of [{}, { message: '' }, { message: undefined, error: undefined }]) {
      const { worker, fire } = fakeWorker()
      using rpc = new Kind({ transport: worker })
      const call = rpc.invoke('a')
      fire('error', event)
      expect(await rejection(call)).toMatchObject({
        code: -32050,
        message: expect.stringContaining('could not be loaded'),
      })
    }
  })

  test(`C48: ${name}: and so does what is called after that, with the cause`, async () => {
    for (const plain of [false, true]) {
      const { worker, fire } = fakeWorker()
      using rpc = new Kind({ transport: worker, plain })
      fire('error', {})
      const states: string[] = []
      rpc.onPeer((state) => states.push(state))
      for (const call of [rpc.invoke('a'), rpc.invoke('b'), rpc.connect(0)])
        expect(await rejection(call)).toMatchObject({
          code: -32050,
          message: expect.stringContaining('could not be loaded'),
          cause: expect.objectContaining({ message: 'The worker could not be loaded' }),
        })
      expect(() => rpc.notify('c')).toThrow('could not be loaded')
      expect(states).toEqual(['gone'])
    }
  })

  test(`C48: ${name}: the wait ends with destroy(), and leaves no timer`, async () => {
    const { worker, fire } = fakeWorker()
    const rpc = new Kind({ transport: worker })
    const call = rpc.invoke('a')
    fire('error', thrown)
    rpc.destroy()
    expect(await rejection(call)).toMatchObject({ code: -32051 })
    expect(vi.getTimerCount()).toBe(0)
  })
}

test('C48: a thread that throws at load rejects at once, as it has ended', async () => {
  // The wait would never end.
  vi.useFakeTimers({ toFake: ['setTimeout'] })
  const worker = new Worker('throw new Error("at load")', { eval: true })
  onTestFinished(() => void worker.terminate())
  using rpc = new RPC({ transport: worker })
  expect(await rejection(rpc.invoke('a'))).toMatchObject({
    code: -32050,
    message: expect.stringContaining('at load'),
  })
})

for (const [name, Kind] of Object.entries(kinds))
  for (const over of ['the thread', 'a channel'])
    test(`C57: ${name}: a thread that has ended already is named at once, over ${over}`, async () => {
      const worker = new Worker('0', { eval: true })
      await new Promise((resolve) => worker.on('exit', resolve))
      using rpc = new Kind({
        transport: over === 'a channel' ? channelTransport(worker, 'a') : worker,
        connectTimeout: 0,
      })
      for (const call of [rpc.invoke('a'), rpc.connect(0)])
        expect(await rejection(call)).toMatchObject({
          code: -32050,
          message: expect.stringContaining('the worker has exited'),
        })
    })
