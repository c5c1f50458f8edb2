/** Each family over one medium. A file for each, so that they run side by side. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { families } from './families.ts'
import type { Family, Medium } from './family.ts'
import {
  bundleMeter,
  growthOf,
  Meter,
  type MeterScripts,
  MOST_GROWTH,
  MOST_MEMORY,
  otherLibrary,
} from './meter.ts'

export function testFamilies(medium: Medium, isIn: (family: Family) => boolean = () => true): void {
  describe(`over ${medium}`, () => {
    let scripts: MeterScripts
    let meter: Meter
    beforeAll(async () => {
      scripts = await bundleMeter()
      meter = new Meter(scripts, { medium, library: otherLibrary })
    }, 60_000)
    afterAll(() => {
      meter.close()
      scripts.remove()
    })

    for (const family of families.filter((one) => (one.media ?? [medium]).includes(medium) && isIn(one)))
      test(`R1: ${family.name} cost in proportion to what arrives`, { timeout: 120_000 }, async () => {
        const { cpu, peak, isCheap } = await growthOf(meter, family)
        const [small, , large] = cpu
        expect(peak).toBeLessThan(MOST_MEMORY)
        expect(isCheap ? 0 : large / small).toBeLessThanOrEqual(MOST_GROWTH)
      })
  })
}
