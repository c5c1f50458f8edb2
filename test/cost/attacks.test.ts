/** What succeeded against 0.1.0. `PORTCALL_LIBRARY=test/fixtures/portcall-0.1.0.mjs` measures that instead. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { attacks } from './attacks.ts'
import type { Medium } from './family.ts'
import { bundleMeter, Meter, type MeterScripts, MOST_MEMORY, otherLibrary, type Spent } from './meter.ts'

/** How many times as much as harmless messages of the same size an attack may cost, and milliseconds besides. */
const MOST_TIMES = 10
const BESIDES = 50
/** Bytes that a process may keep of anything, by chance. */
const LEEWAY = 6_291_456

const best = (all: readonly Spent[]): number => Math.min(...all.map(({ cpu }) => cpu))

let scripts: MeterScripts
beforeAll(async () => {
  scripts = await bundleMeter()
}, 60_000)
afterAll(() => scripts.remove())

for (const medium of ['port', 'fork', 'text', 'websocket', 'stdio'] as const satisfies Medium[])
  describe(`attacks over ${medium}`, () => {
    const meters = new Map<string, Meter>()
    afterAll(() => meters.forEach((meter) => meter.close()))

    const meterOf = (limits: (typeof attacks)[number]['limits']): Meter => {
      const key = JSON.stringify(limits ?? {})
      const meter =
        meters.get(key) ?? new Meter(scripts, { medium, library: otherLibrary, options: { limits } }, [])
      meters.set(key, meter)
      return meter
    }

    for (const attack of attacks.filter(({ media }) => media.includes(medium)))
      test(`${attack.id}: ${attack.name}`, { timeout: 120_000 }, async () => {
        const { name, size: n, calls = () => 0, times = 3, limits, answers, isWork, media } = attack

        expect(media.length).toBeGreaterThan(0)
        const meter = meterOf(limits)
        await meter.connect()
        const before = await meter.heap()
        const spent: Spent[] = []
        for (let i = 0; i < times; i++) spent.push(await meter.round({ name, n, calls: calls(n) }))
        const kept = (await meter.heap()) - before
        const [{ size, count } = { size: 0, count: 0 }] = spent
        await meter.connect()
        const harmless: Spent[] = []
        for (let i = 0; i < times; i++) harmless.push(await meter.round({ name, n, like: { size, count } }))
        const most = (): number => (isWork ? Infinity : MOST_TIMES * best(harmless) + BESIDES)
        const again: Spent[] = []
        // The first rounds are those of code that is not compiled yet.
        for (let i = 0; i < 6 && best([...spent, ...again]) >= most(); i++) {
          await meter.connect()
          again.push(await meter.round({ name, n, calls: calls(n) }))
          await meter.connect()
          harmless.push(await meter.round({ name, n, like: { size, count } }))
        }
        expect(best([...spent, ...again])).toBeLessThan(most())
        expect(Math.max(...spent.map(({ peak }) => peak))).toBeLessThan(
          MOST_MEMORY + size + (limits?.maxHeldBytes ?? 0),
        )
        expect(kept).toBeLessThan((limits?.maxHeldBytes ?? 0) + LEEWAY)
        expect(spent.map(({ isBusy }) => isBusy)).not.toContain(true)
        const mostPosted = 1 + (answers ?? count)
        // What was posted beyond the answers shows in the failure.
        expect(spent.filter(({ posted }) => posted > mostPosted)).toEqual([])
      })
  })
