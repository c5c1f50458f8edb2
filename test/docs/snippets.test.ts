/** Every code block of README and docs: how it is run is said in its fence (fences.ts). */
import { readFileSync } from 'node:fs'
import type { Browser } from 'playwright'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freePort, startService } from '../../scripts/services.mjs'
import { runAsExtension } from './extension.ts'
import { allBlocks, allExamples, blocksOf, type Example, isProgram, pages, root } from './fences.ts'
import { createProject, type Project } from './project.ts'
import { promised, runInBrowser, runInNode, type Site, startBrowser, startSite } from './running.ts'

let project: Project
let site: Site
let browser: Browser
let nats: Awaited<ReturnType<typeof startService>>
let complaints: ReadonlyMap<string, string>
let warnings: string[]

const originOf = ({ name }: Example): string => `http://${name}.localhost:${site.port}`
const programs = allExamples.filter(isProgram)

beforeAll(async () => {
  site = await startSite()
  nats = await startService('nats')
  const ports = new Map<Example, number>()
  for (const example of programs) if (example.settings.has('server')) ports.set(example, await freePort())
  project = await createProject(allExamples, (example) => ({
    host: originOf(example),
    widget: originOf(example).replace('//', '//widget.'),
    port: ports.get(example) ?? 0,
    nats: nats.port,
  }))
  complaints = await project.compile()
  warnings = await project.bundle()
  site.serve(`${project.folder}/browser`)
  browser = await startBrowser()
}, 300_000)

afterAll(async () => {
  await browser?.close()
  await nats?.stop()
  site?.close()
  project?.remove()
})

describe('C66: the code blocks of README and docs', () => {
  test('each say how they are run, or why they are not', () => {
    const wrong = allBlocks.filter(({ problem }) => problem !== '')
    expect(wrong.map(({ page, line, problem }) => `${page}:${line} ${problem}`)).toEqual([])
  })

  test.each(pages)('of %s are all found', (page) => {
    const fences = readFileSync(`${root}${page}`, 'utf8').match(/^[\s>*-]*(?:```|~~~)/gm) ?? []
    expect(fences).toHaveLength(2 * allBlocks.filter((block) => block.page === page).length)
  })

  test.each([
    ['```ts\n```', /no mark/],
    ['```ts pages\n```', /no mark/],
    ['``` page\n```', /no mark/],
    ['```\n```', /no language/],
    ['  ```ts not-run\n  ```', /why/],
    ['~~~ts not-run="no"\n~~~', /why/],
    ['````ts page tabs="x.ts"\n```\n````', /tabs/],
    ['```ts and\n```', /no example above/],
    ['```html page\n```', /no program/],
    ['```sh\n```', /no mark/],
    ['```ts message\n```', /not json/],
    ['```ts page tab="x.ts" any-order\n```', /^$/],
  ])('would not be taken: %j', (text, problem) => {
    expect(blocksOf('a.md', text).map((block) => block.problem)).toEqual([expect.stringMatching(problem)])
  })

  test('compile, apart from any one of them', () => expect(complaints.get('') ?? '').toBe(''))

  test('are bundled without a warning', () => expect(warnings).toEqual([]))
})

const labelled = (list: readonly Example[]): (readonly [string, Example])[] =>
  list.map((example) => [`${example.page}:${example.line}`, example])
const inBrowser = programs.filter(({ mark }) => mark === 'page' || mark === 'iframe')
const inNode = programs.filter(({ mark }) => mark === 'node')

test.each(labelled(programs))('C66: %s compiles', (_, { name }) => {
  expect(complaints.get(name) ?? '').toBe('')
})

test.each(labelled(inNode))(
  'C66: %s prints in Node what it says',
  { timeout: 40_000 },
  async (_, example) => {
    expect(await runInNode(example, project.folder)).toEqual(promised(example))
  },
)

test.each(labelled(inBrowser))(
  'C66: %s prints in a browser what it says',
  { timeout: 60_000 },
  async (_, example) => {
    const words = await runInBrowser(browser, example, project.folder, originOf(example))
    expect(words).toEqual(promised(example))
  },
)

test.each(labelled(programs.filter(({ mark }) => mark === 'extension')))(
  'C66: %s prints as an extension what it says',
  { timeout: 60_000 },
  async (_, example) => {
    expect(await runAsExtension(example, project.folder)).toEqual(promised(example))
  },
)

test.each(allBlocks.filter(({ language }) => language === 'json'))(
  'C66: $page:$line is a JSON-RPC message',
  ({ code }) => {
    const message: unknown = JSON.parse(code)
    expect(message).toMatchObject({ jsonrpc: '2.0', method: expect.any(String) as string })
  },
)

test.each(allBlocks.filter(({ language }) => language === 'sh'))(
  'C66: $page:$line has only scripts that there are',
  ({ code }) => {
    const { scripts } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as { scripts: object }
    const named = Array.from(code.matchAll(/^npm (?:run )?([\w:]+)/gm), ([, name = '']) => name)
    expect(named).not.toEqual([])
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(named))
  },
)
