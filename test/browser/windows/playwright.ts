import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

interface BidiPage {
  _getFrameNode(frame: unknown): Promise<unknown>
}

/**
 * Playwright 1.58 asks Firefox for the element of each new frame, and does not expect that the frame can be gone by then:
 * the rejection, that nobody handles, ends the whole run. It takes "no element" for an answer.
 */
export function tolerateShortLivedFrames(): void {
  const playwright = createRequire(createRequire(import.meta.url).resolve('playwright'))
  const core = dirname(playwright.resolve('playwright-core/package.json'))
  const { BidiPage } = playwright(join(core, 'lib/server/bidi/bidiPage.js')) as {
    BidiPage: { prototype: BidiPage }
  }
  const ask = Reflect.get(BidiPage.prototype, '_getFrameNode') as (
    this: BidiPage,
    frame: unknown,
  ) => Promise<unknown>
  BidiPage.prototype._getFrameNode = function (frame) {
    return ask.call(this, frame).catch(() => undefined)
  }
}
