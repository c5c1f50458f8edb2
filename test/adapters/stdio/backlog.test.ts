/** A pair of streams to one that reads slowly, or not at all. */
import { Duplex } from 'node:stream'
import { expect, test } from 'vitest'
import { createCutter } from '../../../src/adapters/stdio/framing.ts'
import { type StdioOptions, stdioTransport } from '../../../src/adapters/stdio/stdio.ts'
import { ErrorCode, type RPC } from '../../../src/index.ts'
import { start, within } from '../../contract/fixture.ts'
import { allSettle, largeMethods, streamEnds } from '../slow-reader.ts'

const MINUTE = 60_000

/** One end of a pair; what it was written arrives after some milliseconds. */
class End extends Duplex {
  other: End | undefined
  isStuck = false
  delay = 0
  most = 0
  override _read(): void {}
  override _write(chunk: Uint8Array, _: string, done: () => void): void {
    this.most = Math.max(this.most, this.writableLength)
    if (this.isStuck) return
    const arrive = (): void => {
      this.other?.push(chunk)
      done()
    }
    if (this.delay) setTimeout(arrive, this.delay)
    else setImmediate(arrive)
  }
  override _final(done: () => void): void {
    this.other?.push(null)
    done()
  }
}

function pair(options: Partial<StdioOptions>): {
  readonly rpc: RPC
  readonly served: RPC
  readonly end: End
} {
  const [here, end] = [new End(), new End()]
  here.other = end
  end.other = here
  end.delay = 5
  const served = start({
    transport: stdioTransport({ readable: end, writable: end, ...options }),
    methods: largeMethods,
  })
  const { framing } = options
  return {
    served,
    end,
    rpc: start({ transport: stdioTransport({ readable: here, writable: here, framing }) }),
  }
}

for (const framing of ['newline', 'content-length'] as const) {
  test(
    `A13: ${framing}: 40 results of 1 MB at once all settle where 1 MB may wait`,
    { timeout: MINUTE },
    async () => {
      const { rpc, end } = pair({ framing, maxBuffered: 1_000_000 })
      const refused = await allSettle(rpc)
      expect(refused).toBeGreaterThan(0)
      expect(refused).toBeLessThan(40)
      expect(end.most).toBeLessThan(2_100_000)
    },
  )

  test(`A13: ${framing}: streams of large items go on to their end`, { timeout: MINUTE }, async () => {
    const { rpc, end } = pair({ framing, maxBuffered: 1_000_000 })
    const streams = [streamEnds(rpc), streamEnds(rpc), streamEnds(rpc)]
    expect(await Promise.all(streams)).toEqual([30, 30, 30])
    expect(end.most).toBeLessThan(1_600_000)
  })
}

test('A13: one that reads none of its answers is cut', { timeout: MINUTE }, async () => {
  const { rpc, served, end } = pair({ maxBuffered: 10_000 })
  await rpc.connect()
  end.isStuck = true
  let isGone = false
  served.onPeer((state) => (isGone ||= state === 'gone'))
  for (let i = 0; i < 17_000; i++) rpc.invoke('large', [i < 5 ? 10_000 : 1]).catch(() => {})
  await expect.poll(() => isGone, { timeout: MINUTE }).toBe(true)
  await expect(within(MINUTE, served.invoke('x'))).rejects.toMatchObject({ code: ErrorCode.PEER_GONE })
})

test('R1: a length that a header claims is not allocated', () => {
  const cutter = createCutter('content-length', 1_000_000_000)
  const before = process.memoryUsage().arrayBuffers
  cutter.push(Buffer.from('Content-Length: 900000000\r\n\r\n'))
  expect(cutter.next()).toBe(undefined)
  for (let i = 0; i < 10; i++) {
    cutter.push(Buffer.from('{"jsonrpc"'))
    expect(cutter.next()).toBe(undefined)
  }
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10_000_000)
})
