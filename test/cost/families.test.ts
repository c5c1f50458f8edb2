import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { families } from './families.ts'
import type { Medium } from './family.ts'
import { bundleMeter, growthOf, Meter, type MeterScripts, MOST_GROWTH } from './meter.ts'

/** Bytes that a receiver may grow by. */
const MOST_MEMORY = 67_108_864
const library = process.env['PORTCALL_LIBRARY']
let scripts: MeterScripts
beforeAll(async () => {
  scripts = await bundleMeter()
}, 60_000)
afterAll(() => scripts.remove())

for (const medium of ['port', 'text', 'fork'] as const satisfies Medium[])
  describe(`R1: over ${medium}`, () => {
    let meter: Meter
    beforeAll(() => {
      meter = new Meter(scripts, { medium, library })
    })
    afterAll(() => meter.close())

    test.for(families.filter(({ media = [medium] }) => media.includes(medium)))(
      '$name cost in proportion to what arrives',
      { timeout: 120_000 },
      async (family) => {
        const t = performance.now()
        const { n, cpu, size, peak, isCheap } = await growthOf(meter, family)
        console.log(medium, family.name.padEnd(60), n, size, cpu.map((x) => x.toFixed(2)).join(' '), (cpu[2] / cpu[0]).toFixed(1), (peak / 1e6).toFixed(1), isCheap, 'us/B', (1000 * cpu[2] / size).toFixed(3), 'took', Math.round(performance.now() - t))
        expect(peak).toBeLessThan(MOST_MEMORY)
        expect(isCheap || cpu[2] <= MOST_GROWTH * cpu[0]).toBe(true)
      },
    )
  })
