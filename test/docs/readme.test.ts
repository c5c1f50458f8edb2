import { expect, test } from 'vitest'
import {
  blocks,
  expected,
  filesOf,
  iframe,
  origins,
  printed,
  printedWithIframe,
  printedWithWorker,
  script,
  textOf,
  useFolder,
  usePages,
} from './snippets.ts'

useFolder()
usePages()

function snippet(name: string): Map<string, string> {
  const [code = ''] = blocks('README.md', name)
  expect(code).not.toBe('')
  return filesOf(code)
}

test('the first example of the README prints what it says', async () => {
  const files = snippet('worker')
  expect(await printedWithWorker(files, 1)).toEqual(expected(files))
})

test('its example of values prints what it says', async () => {
  // Of a stream, of progress, of an object by reference.
  expect(await printedWithWorker(snippet('values'), 6)).toEqual(['1', '2', '3', '1', '2', '2 2'])
})

test('its iframe example prints what it says', async () => {
  const files = snippet('iframe')
  expect(await printedWithIframe(files)).toEqual(expected(files))
})

test('its RPC example prints what it says', async () => {
  const files = snippet('rpc')
  const lines = await printed(new Map([['main', files.get('main.ts')!]]), script('main'), 4)
  expect(lines.map((line) => line.replace(/[[\] ]/g, ''))).toEqual(
    expected(files).map((line) => line.replace(/ /g, '')),
  )
})

test('its example of events and callbacks prints what it says', async () => {
  const files = snippet('events')
  const [, widget = ''] = /```ts\n\/\/ in the widget\n([^]*?)```/.exec(textOf('README.md')) ?? []
  const scripts = new Map([
    ['main', origins() + files.get('main.ts')!],
    ['widget', `import { createConnection } from 'portcall'\n${origins()}${widget}`],
  ])
  expect((await printed(scripts, iframe() + script('main'), 3)).toSorted()).toEqual(
    expected(files).toSorted(),
  )
})
