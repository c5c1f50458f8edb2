/** C68: what a connection takes of `crypto` in a browser. */
import { expect, onTestFinished, test, vi } from 'vitest'
import { ErrorCode, type RPC, type RPCInitOptions, windowTransport } from '../../src/index.ts'
import { start } from '../contract/fixture.ts'
import { B, openFrame } from './windows/frames.ts'
import { service } from './windows/stage.ts'

async function taken(options: RPCInitOptions, until: (rpc: RPC) => unknown): Promise<number> {
  const spy = vi.spyOn(crypto, 'getRandomValues')
  try {
    await until(start(options))
    return spy.mock.calls.length
  } finally {
    spy.mockRestore()
  }
}

const met = (rpc: RPC): Promise<void> => rpc.connect(45_000)

test('C68: one call for a window, for each of its channels, and for a raw one', async () => {
  const page = openFrame(B, {
    starts: [service, { ...service, channel: 'a' }],
  })
  await page.loaded()
  const transport = windowTransport(page.element, { origin: B })
  expect(await taken({ transport }, met)).toBe(1)
  expect(await taken({ transport, channel: 'a' }, met)).toBe(1)
  const other = openFrame(B, { starts: [{ ...service, raw: true }] })
  await other.loaded()
  expect(await taken({ transport: windowTransport(other.element, { origin: B, raw: true }) }, met)).toBe(1)
  const wrong = windowTransport(openFrame(B).element, { origin: B })
  expect(
    await taken({ transport: wrong }, (rpc) =>
      expect(rpc.connect(300)).rejects.toMatchObject({ code: ErrorCode.TIMEOUT }),
    ),
  ).toBe(1)
})

test('C68: one call for a worker and a port, none for a plain one', async () => {
  const worker = new Worker(new URL('workers/idle.ts', import.meta.url), { type: 'module' })
  const { port1, port2 } = new MessageChannel()
  onTestFinished(() => worker.terminate())
  for (const endpoint of [port1, worker] as Worker[]) {
    expect(await taken({ transport: endpoint, plain: true }, (rpc) => rpc.destroy())).toBe(0)
    expect(await taken({ transport: endpoint }, () => {})).toBe(1)
  }
  expect(await taken({ transport: port2 }, met)).toBe(1)
})
