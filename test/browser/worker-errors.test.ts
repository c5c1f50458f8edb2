/** Errors of a worker's script after it has connected: it lives, so calls go on. */
import { describe, expect, onTestFinished, test } from 'vitest'
import {
  channelTransport,
  type Diagnostic,
  type RPCError,
  rpcOf,
  type Transport,
  wrap,
} from '../../src/index.ts'
import { sharedWorkerTransport } from '../../src/entries/shared-worker.ts'
import { rejection, start, within } from '../contract/fixture.ts'
import { keepIn } from '../late.ts'

const PROMPT = 45_000

interface Api {
  add(a: number, b: number): number
  failLater(): void
  rejectLater(): void
  hang(): Promise<never>
}

function make(hash = ''): Worker {
  const url = new URL('./workers/erring.ts', import.meta.url)
  const worker = new Worker(`${url.href}${hash}`, { type: 'module' })
  onTestFinished(() => worker.terminate())
  return worker
}

const errorOf = (worker: Worker): Promise<unknown> =>
  new Promise((resolve) => worker.addEventListener('error', resolve, { once: true }))

describe('A27: a script error after the worker connected', () => {
  for (const method of ['failLater', 'rejectLater'] as const)
    test(`${method}: pending calls go on, and later ones are answered`, async () => {
      const worker = make()
      const diagnostics: Diagnostic[] = []
      const remote = wrap<Api>(worker, { onDiagnostic: keepIn(diagnostics) })
      const hang = rejection(remote.hang())
      const error = method === 'failLater' ? errorOf(worker) : undefined
      await remote[method]()
      await error
      expect(await within(PROMPT, remote.add(1, 2))).toBe(3)
      expect(diagnostics.map(({ kind }) => kind)).toEqual(error ? ['peer-error'] : [])
      rpcOf(remote).destroy()
      expect(await hang).toMatchObject({ code: -32051 })
    })

  test('at the end of the script: calls made before and after it are answered', async () => {
    const worker = make('#at-once')
    const error = errorOf(worker)
    const remote = wrap<Api>(worker)
    const before = remote.add(1, 2)
    await error
    expect(await within(PROMPT, before)).toBe(3)
    expect(await within(PROMPT, remote.add(2, 3))).toBe(5)
  })

  test('who listens only after the error is answered, too', async () => {
    const worker = make('#at-once')
    await errorOf(worker)
    expect(await within(PROMPT, wrap<Api>(worker).add(1, 2))).toBe(3)
  })

  test('of a SharedWorker: later calls are answered', async () => {
    const url = new URL('./workers/erring-shared.ts', import.meta.url)
    const worker = new SharedWorker(url, { type: 'module', name: crypto.randomUUID() })
    const rpc = start({ transport: sharedWorkerTransport(worker) })
    await rpc.invoke('failLater')
    for (let i = 0; i < 3; i++) {
      await new Promise((resolve) => setTimeout(resolve, 20))
      expect(await within(PROMPT, rpc.invoke('add', [i, 1]))).toBe(i + 1)
    }
  })
})

describe('C48: a script that could not be loaded: calls made later reject with the reason', () => {
  const absent = (): Worker => {
    const worker = new Worker('/404-is-not-here.js', { type: 'module' })
    onTestFinished(() => worker.terminate())
    return worker
  }
  const importing = (): Worker => {
    const text = new Blob([`import '${location.origin}/404-is-not-here.js'`], { type: 'text/javascript' })
    const url = URL.createObjectURL(text)
    const worker = new Worker(url, { type: 'module' })
    onTestFinished(() => {
      worker.terminate()
      URL.revokeObjectURL(url)
    })
    return worker
  }
  const shared = (): Transport =>
    sharedWorkerTransport(new SharedWorker('/404-is-not-here.js', { name: crypto.randomUUID() }))

  const media: Record<string, () => Transport | Worker> = {
    'a Worker': absent,
    'a Worker, whose import is missing': importing,
    'a channel of a Worker': () => channelTransport(absent(), 'a'),
    'a SharedWorker': shared,
  }
  for (const [name, make] of Object.entries(media))
    test(`over ${name}`, async () => {
      const remote = wrap<Api>(make(), { connectTimeout: 0 })
      const reason = { code: -32050, message: expect.stringMatching(/could not be loaded|404/) }
      for (let i = 0; i < 2; i++) {
        const error = await rejection(within(PROMPT, remote.add(1, 2)))
        expect(error).toMatchObject(reason)
        expect((error as RPCError).cause).toBeInstanceOf(Error)
      }
    })
})
