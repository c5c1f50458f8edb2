/** The back/forward cache itself: pages that are left for another one, and come back by `history.back()`. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'
import { ErrorCode } from '../../../src/index.ts'
import { within } from '../../contract/fixture.ts'
import { bundle, pageWith } from '../../events/browsers.ts'
import { type Name, names, open } from './browsers.ts'
import { type Case, cases, type Report } from './protocol.ts'

const MINUTE = 60_000

const away =
  '<script>if (!location.search) addEventListener("load", () => setTimeout(() => history.back(), 100))</script>'

const files: Record<string, string> = {
  '/page': pageWith('<script type="module" src="/page.js"></script>'),
  '/child': pageWith('<script type="module" src="/child.js"></script>'),
  '/member': pageWith('<script type="module" src="/member.js"></script>'),
  '/away': pageWith(away),
}

beforeAll(async () => {
  for (const name of ['page', 'child', 'worker', 'shared', 'member', 'bare', 'bare-service', 'service'])
    files[`/${name}.js`] = await bundle(fileURLToPath(new URL(`./pages/${name}.ts`, import.meta.url)))
}, MINUTE)

/** Let a browser visit all pages. @returns what each of them says. */
async function visitAll(name: Name): Promise<ReadonlyMap<Case, Report>> {
  const reports = new Map<Case, Report>()
  let done = (): void => {}
  const all = new Promise<void>((resolve) => (done = resolve))
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname } = new URL(request.url ?? '', 'http://localhost')
    if (pathname === '/report') {
      const report = JSON.parse(await text(request)) as Report
      reports.set(report.case, report)
      response.writeHead(204).end()
      if (reports.size === cases.length) done()
      return
    }
    const body = files[pathname]
    const type = pathname.endsWith('.js') ? 'text/javascript' : 'text/html'
    response.writeHead(body === undefined ? 404 : 200, { 'content-type': `${type}; charset=utf-8` })
    response.end(body)
  }
  const server = createServer((request, response) => void answer(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const close = await open(name, `http://127.0.0.1:${port}/page?case=0`)
  try {
    await within(2 * MINUTE, all)
  } catch (error) {
    throw new Error(`${reports.size} of ${cases.length} pages came back`, { cause: error })
  } finally {
    await close()
    server.close()
    server.closeAllConnections()
  }
  return reports
}

/** Who has work under way may be kept out: it must only end well. */
const isBusy = (about: Case): boolean => / with an open call$| keeps /.test(about)

/** Kept out all the same: a worker on a bus, whose end nobody tells, holds its lock all the time. Firefox keeps such pages out. */
const keptOut: Readonly<Record<Name, readonly Case[]>> = {
  chromium: [],
  firefox: ['a bus with a worker on it'],
}

/** Now and then: what the page says last on its bus reaches its own iframe, which Firefox does not keep then. */
const mayBeKeptOut: Readonly<Record<Name, readonly Case[]>> = {
  chromium: [],
  firefox: ['a bus with an iframe on it'],
}

const visits = new Map<Name, ReadonlyMap<Case, Report>>()
beforeAll(async () => {
  await Promise.all(names.map(async (name) => visits.set(name, await visitAll(name))))
}, 3 * MINUTE)

const reportOf = (name: Name, about: Case): Report => {
  const report = visits.get(name)?.get(about)
  if (!report) throw new Error(`The page with ${about} did not say how it was`)
  return report
}

describe.each(names)('S56: in %s, a page that is left and comes back', (name) => {
  const exceptions = [...keptOut[name], ...mayBeKeptOut[name]]
  const comes = cases.filter((about) => !isBusy(about) && !exceptions.includes(about))

  test.for(comes)('comes from the cache: %s', (about) => {
    expect(reportOf(name, about)).toMatchObject({ persisted: true })
  })

  test.fails.for(keptOut[name])('known limit: it does not come from the cache: %s', (about) => {
    expect(reportOf(name, about)).toMatchObject({ persisted: true })
  })

  test.for(cases)('goes on, whether it was kept or loaded anew: %s', (about) => {
    const { error, again, open: ended, persisted } = reportOf(name, about)
    expect({ error, again }).toEqual({ error: undefined, again: 42 })
    const wasOpen = persisted && about.endsWith(' an open call')
    expect(wasOpen ? [ErrorCode.PEER_GONE, 'late'] : [undefined]).toContain(ended)
  })

  test.for(cases.filter((about) => about.includes('iframe') && !/bare|bus/.test(about)))(
    'is a new epoch for windows, as nobody knows how long it was away: %s',
    (about) => {
      expect(reportOf(name, about).states).toEqual(['connected', 'gone', 'waiting', 'connected'])
    },
  )

  test('an idle worker stays connected', () => {
    expect(reportOf(name, 'an idle worker').states).toEqual(['connected'])
  })
})
