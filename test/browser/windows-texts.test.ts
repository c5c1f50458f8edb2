/** What is said of windows that are not there, or are there no longer. */
import { describe, expect, onTestFinished, test } from 'vitest'
import { ErrorCode, wrap, windowTransport } from '../../src/index.ts'
import { wrap as wrapOfCore } from '../../src/core.ts'
import { rejection, start, within } from '../contract/fixture.ts'
import { A, addressOf, B, HERE, openFrame, openPopup } from './windows/frames.ts'
import { service } from './windows/stage.ts'

describe('C57: a window that is none', () => {
  const detached = document.createElement('iframe')
  const cases: Record<string, [target: unknown, text: RegExp]> = {
    'null: a blocked popup, or an opener that is not there': [
      null,
      /popup was blocked, or `opener` is null.*noopener/,
    ],
    undefined: [undefined, /undefined was passed\. Pass an iframe/],
    'an iframe that is not in the document': [detached, /the iframe is not in the document/],
    'another element': [
      document.createElement('div'),
      /that is none\. Pass an iframe, popup, parent or opener/,
    ],
    'a selector': ['#frame', /that is none\. Pass an iframe, popup, parent or opener/],
    'this window': [window, /A window cannot speak with itself/],
  }
  test.for(Object.entries(cases))('%s', ([, [target, text]]) => {
    const pass = (): unknown => windowTransport(target as null, { origin: B })
    expect(pass).toThrow(TypeError)
    expect(pass).toThrow(text)
    expect((rejectionOf(pass) as Error).message.length).toBeLessThanOrEqual(120)
  })

  test('the parent of a page that is in no iframe', async () => {
    const page = openPopup(B)
    await page.loaded()
    const asked = page.ask({ do: 'start', start: { ...service, at: 'parent' } })
    await expect(asked).rejects.toThrow(/this page is in no iframe, so `parent` is the page itself/)
  })

  test.for([undefined, null])('wrap(%s) names what was passed', (nothing) => {
    for (const verb of [wrap, wrapOfCore])
      expect(() => verb(nothing as never)).toThrow(
        `wrap(${nothing}): there is no endpoint. Pass a Worker, a MessagePort or windowTransport(window, { origin })`,
      )
  })
})

const rejectionOf = (pass: () => unknown): unknown => {
  try {
    return pass()
  } catch (error) {
    return error
  }
}

/** What a call says that is pending when something happens to the window. */
async function saidWhen(rpc: ReturnType<typeof start>, happens: () => unknown): Promise<string> {
  const call = rejection(rpc.invoke('hang'))
  await rpc.invoke('started')
  void happens()
  const error = await within(45_000, call)
  expect(error).toMatchObject({ code: ErrorCode.PEER_GONE })
  return (error as Error).message
}

describe('C57: a window that goes', () => {
  test('a page that is reloaded, or left', async () => {
    for (const how of ['reload', 'leave'] as const) {
      const page = openFrame(B, { starts: [service] })
      const rpc = start({ transport: windowTransport(page.element, { origin: B }) })
      const said = await saidWhen(rpc, () =>
        how === 'reload' ? page.tell({ do: 'reload' }) : page.tell({ do: 'go', to: addressOf(A) }),
      )
      expect(said).toMatch(/or its page was reloaded or left|the other side was replaced/)
    }
  })

  test('an iframe that is removed, whatever was passed', async () => {
    for (const by of ['element', 'window'] as const) {
      const page = openFrame(B, { starts: [service] })
      const rpc = start({ transport: windowTransport(page[by], { origin: B }) })
      // Its goodbye may come first.
      expect(await saidWhen(rpc, () => page.element.remove())).toMatch(
        /the window was closed(: its iframe was removed|, or cut off by)|reloaded or left/,
      )
    }
  })

  test('a popup that its Cross-Origin-Opener-Policy cuts off', async () => {
    const popup = window.open(`${B}/coop`, '', 'width=300,height=200') as Window
    onTestFinished(() => popup.close())
    const rpc = start({ transport: windowTransport(popup, { origin: B }) })
    const error = await within(45_000, rejection(rpc.invoke('add', [1, 2])))
    expect(error).toMatchObject({
      code: ErrorCode.PEER_GONE,
      message: expect.stringContaining('or cut off by the Cross-Origin-Opener-Policy of its page'),
    })
    expect(() => windowTransport(popup, { origin: B, raw: true })).toThrow(
      /That window is closed, or cut off by the Cross-Origin-Opener-Policy of its page/,
    )
    expect(HERE).not.toBe(B)
  })
})
