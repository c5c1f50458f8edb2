import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chunk, FRAMES, type Layer } from './chunk.ts'
import { isMeasured, type Meter, playMeasured, Tally } from './costs.ts'
import { GREETINGS, handshakeChunk } from './handshake.ts'
import { changesSince, heapAfterCollection, intrinsics } from './process.ts'
import { golden, MEDIA, record } from './recording.ts'
import { KINDS } from './service.ts'
import { request, turn } from '../peer/pair.ts'

/** Of all layers together; `npm run fuzz` sends a million. */
const TOTAL = Number(process.env['FUZZ'] ?? 50_000)
const SEED = Number(process.env['FUZZ_SEED'] ?? Date.now() % 1_000_000_000)
const ONLY = process.env['FUZZ_LAYER']
/** Bytes that are still in use when all sessions of a layer are over. */
const SLACK = 8_000_000

interface Target {
  readonly name: string
  readonly frames: number
  readonly play: (seed: number, meter: Meter) => Promise<unknown>
}

/** What was passed by reference has more than its methods. */
const hidden = ['_hidden', 'accessor', 'constructor', 'inner.deep', 'toString'].flatMap((name) =>
  Array.from({ length: 10 }, (_, n) => request(`hidden ${n}`, n % 2 ? 'rpc.call' : 'rpc.get', [n, name])),
)

const layers: readonly Layer[] = KINDS.map((kind) => ({
  kind,
  // Only structured clones have frames of many messages.
  media: kind === 'frames' ? (['clone'] as const) : MEDIA,
  ...(kind === 'hello' && { more: golden() }),
  ...(kind === 'references' && { more: hidden }),
}))

const handshake: Target = {
  name: 'handshake',
  frames: GREETINGS,
  play: async (seed, meter) => handshakeChunk(seed, await record('requests', 'clone'), meter),
}

const targets: readonly Target[] = [
  ...layers.map((layer) => ({
    name: layer.kind,
    frames: FRAMES,
    play: (seed: number, meter: Meter) => chunk(layer, seed, meter),
  })),
  handshake,
].filter(({ name }) => !ONLY || name === ONLY)

const tally = new Tally()
const uncaught: unknown[] = []
const note = (error: unknown): void => void uncaught.push(error)
let before = intrinsics()

beforeAll(() => {
  process.stderr.write(`fuzz: --seed ${SEED}, ${TOTAL} frames\n`)
  before = intrinsics()
  process.on('unhandledRejection', note)
  process.on('uncaughtException', note)
})
afterAll(() => {
  process.off('unhandledRejection', note)
  process.off('uncaughtException', note)
  if (isMeasured) process.stderr.write(`${tally.report()}\n`)
})

describe.each(targets)('$name', { timeout: 60_000 + TOTAL }, ({ name, frames, play }) => {
  const chunks = Math.ceil(TOTAL / targets.length / frames)

  test(`S18, S26, S27: ${(chunks * frames).toLocaleString('en')} recorded and changed frames harm nothing, and whoever comes next is answered`, async () => {
    let heap = Infinity
    const former = tally.over.length
    for (let n = 0; n < chunks; n++) {
      const again = `--layer ${name} --seed ${SEED + n} --frames ${frames}`
      await playMeasured(tally, again, (meter) => play(SEED + n, meter))
      await turn()
      const changes = changesSince(before)
      expect({ again, uncaught, changes }).toEqual({ again, uncaught: [], changes: [] })
      if (n === Math.floor(chunks / 4)) heap = await heapAfterCollection()
    }
    const grown = (await heapAfterCollection()) - heap
    expect(grown).toBeLessThan(SLACK)
    expect(tally.over.slice(former)).toEqual([])
  })
})

test(
  'a session is recorded the same each time, so that a seed says it all',
  { timeout: 60_000 },
  async () => {
    for (const kind of KINDS)
      for (const medium of MEDIA) {
        const sessions: unknown[] = []
        // From one place, as stacks are in what is recorded.
        for (let i = 0; i < 2; i++) sessions.push(await record(kind, medium))
        expect(sessions[0]).toEqual(sessions[1])
      }
  },
)
