/** Our RPC and the browser entry of vscode-jsonrpc 10, the one on the page and the other in a module worker. */
import { describe, expect, test } from 'vitest'
import {
  BrowserMessageReader,
  BrowserMessageWriter,
  type CancellationToken,
  CancellationTokenSource,
  createMessageConnection,
  type MessageConnection,
  ParameterStructures,
  ResponseError,
} from 'vscode-jsonrpc/browser'
import { callContext, endpointTransport, RPC, RPCError } from '../../src/index.ts'
import { record } from '../interop/frames.ts'
import { refusal } from '../interop/outcome.ts'
import { faultsTowards } from '../interop/ways.ts'
import { numbers, toldBy } from './interop-told.ts'

const add = (a: number, b: number): number => a + b

const ways = [['lsp'], ['untold']] as const

interface OurPage {
  readonly rpc: RPC
  readonly posted: readonly unknown[]
  readonly received: readonly unknown[]
}

/** Our RPC here, vscode-jsonrpc in a worker. Checks what our side posted. */
async function withVscodeWorker(way: string, body: (page: OurPage) => Promise<void>): Promise<void> {
  const told = toldBy(way)
  const worker = new Worker(new URL('./interop-vscode-worker.ts', import.meta.url), { type: 'module' })
  const { transport, posted, received } = record(endpointTransport(worker))
  const rpc = new RPC({ ...told, transport })
  try {
    await body({ rpc, posted, received })
  } finally {
    rpc.destroy()
    worker.terminate()
  }
  expect(faultsTowards(told, posted)).toEqual([])
}

/** vscode-jsonrpc here, our RPC in a worker. Checks what our side posted. */
async function withOurWorker(
  way: string,
  body: (page: { vscode: MessageConnection }) => Promise<void>,
): Promise<void> {
  // Vite finds a worker only where its URL and options are literals.
  const worker =
    way === 'lsp'
      ? new Worker(new URL('./interop-portcall-worker.ts', import.meta.url), { type: 'module', name: 'lsp' })
      : new Worker(new URL('./interop-portcall-worker.ts', import.meta.url), { type: 'module' })
  const vscode = createMessageConnection(new BrowserMessageReader(worker), new BrowserMessageWriter(worker))
  let posted: unknown[]
  try {
    vscode.listen()
    await body({ vscode })
    posted = await vscode.sendRequest('posted')
  } finally {
    vscode.dispose()
    worker.terminate()
  }
  expect(posted).not.toEqual([])
  expect(faultsTowards(toldBy(way), posted)).toEqual([])
}

describe.each(ways)('our RPC on the page (%s), vscode-jsonrpc in a module worker', (way) => {
  test('calls by position', () =>
    withVscodeWorker(way, async ({ rpc }) => {
      expect(await rpc.invoke('add', [1, 2])).toBe(3)
    }))

  test('calls by name', () =>
    withVscodeWorker(way, async ({ rpc }) => {
      expect(await rpc.invoke('greet', { name: 'Ada' })).toBe('hello Ada')
    }))

  test('is answered null for nothing', () =>
    withVscodeWorker(way, async ({ rpc }) => {
      expect(await rpc.invoke('nothing')).toBeNull()
    }))

  test('notifies by position, by name and without params', () =>
    withVscodeWorker(way, async ({ rpc }) => {
      rpc.notify('log', ['a', 1])
      rpc.notify('log', { text: 'b' })
      rpc.notify('log')
      expect(await rpc.invoke('heard')).toEqual([['a', 1], [{ text: 'b' }], []])
    }))

  test('is rejected with code, message and data', () =>
    withVscodeWorker(way, async ({ rpc }) => {
      const error = await refusal(rpc.invoke('fail'))
      expect(error).toBeInstanceOf(RPCError)
      expect(error).toMatchObject({ code: 4711, message: 'no such file', data: { path: '/x' } })
    }))

  test('is rejected with -32601 for an unknown method', () =>
    withVscodeWorker(way, async ({ rpc }) => {
      expect(await refusal(rpc.invoke('nobody'))).toMatchObject({ code: -32601 })
    }))

  test('answers calls', () =>
    withVscodeWorker(way, async ({ rpc }) => {
      rpc.registerMethod('add', add)
      const errand = { method: 'add', params: [1, 2] }
      expect(await rpc.invoke('errand', errand)).toEqual({ result: 3 })
    }))

  test('answers errors with code, message and data', () =>
    withVscodeWorker(way, async ({ rpc }) => {
      rpc.registerMethod('fail', () => {
        throw new RPCError(7, 'no', { data: ['why'] })
      })
      const errand = { method: 'fail', params: [] }
      expect(await rpc.invoke('errand', errand)).toEqual({ code: 7, message: 'no', data: ['why'] })
    }))

  test('answers an unknown method with -32601', () =>
    withVscodeWorker(way, async ({ rpc }) => {
      expect(await rpc.invoke('errand', { method: 'nobody', params: [] })).toMatchObject({ code: -32601 })
    }))

  test('hears notifications by position, by name and without params', () =>
    withVscodeWorker(way, async ({ rpc }) => {
      const heard: unknown[][] = []
      rpc.registerMethod('log', (...args: unknown[]) => void heard.push(args))
      await rpc.invoke('notifyMe')
      expect(heard).toEqual([['a', 1], [{ text: 'b' }], []])
    }))

  test('runs 200 calls each way at once', () =>
    withVscodeWorker(way, async ({ rpc }) => {
      rpc.registerMethod('add', add)
      const theirs = rpc.invoke('burst')
      const ours = await Promise.all(numbers.map((n) => rpc.invoke('add', [n, 1])))
      expect([ours, await theirs]).toEqual([numbers.map((n) => n + 1), numbers.map((n) => n + 1)])
    }))
})

describe('our RPC on the page with lspDialect, vscode-jsonrpc in a module worker', () => {
  test('cancels a call over there', () =>
    withVscodeWorker('lsp', async ({ rpc }) => {
      const waiting = new Promise<void>((resolve) => rpc.registerMethod('waiting', () => resolve()))
      const cancelled = new Promise<unknown[]>((resolve) =>
        rpc.registerMethod('cancelled', (...args: unknown[]) => resolve(args)),
      )
      const controller = new AbortController()
      const call = refusal(rpc.invoke('wait', null, { signal: controller.signal }))
      await waiting
      controller.abort(new Error('enough'))
      expect(await call).toBe(controller.signal.reason)
      expect(await cancelled).toEqual([])
    }))

  test('aborts the signal of a handler that is cancelled, and answers -32800', () =>
    withVscodeWorker('lsp', async ({ rpc }) => {
      rpc.registerMethod('wait', () => {
        const { signal } = callContext()
        rpc.notify('waiting')
        return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
      })
      expect(await rpc.invoke('callAndCancel')).toMatchObject({ code: -32800 })
    }))
})

describe('our RPC on the page, told nothing', () => {
  test('recognises vscode-jsonrpc as plain in one round trip', () =>
    withVscodeWorker('untold', async ({ rpc, posted, received }) => {
      await rpc.connect()
      expect(posted).toEqual([expect.objectContaining({ method: 'rpc.connect' })])
      expect(received).toEqual([
        expect.objectContaining({ error: { code: -32601, message: 'Unhandled method rpc.connect' } }),
      ])
    }))
})

describe.each(ways)('our RPC in a module worker (%s), vscode-jsonrpc on the page', (way) => {
  test('answers by position', () =>
    withOurWorker(way, async ({ vscode }) => {
      expect(await vscode.sendRequest('add', 1, 2)).toBe(3)
    }))

  test('answers by name', () =>
    withOurWorker(way, async ({ vscode }) => {
      const params = { name: 'Ada' }
      expect(await vscode.sendRequest('greet', ParameterStructures.byName, params)).toBe('hello Ada')
    }))

  test('answers null for nothing', () =>
    withOurWorker(way, async ({ vscode }) => {
      expect(await vscode.sendRequest('nothing')).toBeNull()
    }))

  test('answers with code, message and data', () =>
    withOurWorker(way, async ({ vscode }) => {
      const error = await refusal(vscode.sendRequest('fail'))
      expect(error).toBeInstanceOf(ResponseError)
      expect(error).toMatchObject({ code: 4711, message: 'no such file', data: { path: '/x' } })
    }))

  test('answers an unknown method with -32601', () =>
    withOurWorker(way, async ({ vscode }) => {
      expect(await refusal(vscode.sendRequest('nobody'))).toMatchObject({ code: -32601 })
    }))

  test('hears notifications by position, by name and without params', () =>
    withOurWorker(way, async ({ vscode }) => {
      await vscode.sendNotification('log', 'a', 1)
      await vscode.sendNotification('log', { text: 'b' })
      await vscode.sendNotification('log')
      expect(await vscode.sendRequest('heard')).toEqual([['a', 1], [{ text: 'b' }], []])
    }))

  test('calls', () =>
    withOurWorker(way, async ({ vscode }) => {
      vscode.onRequest('add', add)
      const errand = { method: 'add', params: [1, 2] }
      expect(await vscode.sendRequest('errand', errand)).toEqual({ result: 3 })
    }))

  test('is rejected with code, message and data', () =>
    withOurWorker(way, async ({ vscode }) => {
      vscode.onRequest('fail', () => new ResponseError(7, 'no', ['why']))
      const errand = { method: 'fail', params: [] }
      const outcome = { code: 7, message: 'no', data: ['why'] }
      expect(await vscode.sendRequest('errand', errand)).toEqual(outcome)
    }))

  test('is rejected with -32601 for an unknown method', () =>
    withOurWorker(way, async ({ vscode }) => {
      const errand = { method: 'nobody', params: [] }
      expect(await vscode.sendRequest('errand', errand)).toMatchObject({ code: -32601 })
    }))

  test('notifies by position, by name and without params', () =>
    withOurWorker(way, async ({ vscode }) => {
      const heard: unknown[][] = []
      vscode.onNotification('log', (...args: unknown[]) => void heard.push(args))
      await vscode.sendRequest('notifyMe')
      expect(heard).toEqual([['a', 1], [{ text: 'b' }], []])
    }))

  test('runs 200 calls each way at once', () =>
    withOurWorker(way, async ({ vscode }) => {
      vscode.onRequest('add', add)
      const ours = vscode.sendRequest('burst')
      const theirs = await Promise.all(numbers.map((n) => vscode.sendRequest('add', n, 1)))
      expect([await ours, theirs]).toEqual([numbers.map((n) => n + 1), numbers.map((n) => n + 1)])
    }))
})

describe('our RPC in a module worker with lspDialect, vscode-jsonrpc on the page', () => {
  test('aborts the signal of a handler that is cancelled, and answers -32800', () =>
    withOurWorker('lsp', async ({ vscode }) => {
      const source = new CancellationTokenSource()
      const cancelled = new Promise((resolve) =>
        vscode.onNotification('cancelled', () => resolve('cancelled')),
      )
      vscode.onNotification('waiting', () => source.cancel())
      expect(await refusal(vscode.sendRequest('wait', source.token))).toMatchObject({ code: -32800 })
      expect(await cancelled).toBe('cancelled')
    }))

  test('cancels a call over here', () =>
    withOurWorker('lsp', async ({ vscode }) => {
      const cancelled = new Promise<CancellationToken>((resolve) => {
        vscode.onRequest('wait', (token: CancellationToken) => {
          token.onCancellationRequested(() => resolve(token))
          void vscode.sendNotification('waiting')
          return new Promise(() => {})
        })
      })
      expect(await vscode.sendRequest('callAndCancel')).toMatchObject({ message: 'enough' })
      expect((await cancelled).isCancellationRequested).toBe(true)
    }))
})
