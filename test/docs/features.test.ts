/** The examples of "Write a feature" and "Bundle size". */
import { expect, test } from 'vitest'
import {
  blocks,
  expected,
  filesOf,
  printedInNode,
  printedWithIframe,
  printedWithWorker,
  useFolder,
  usePages,
} from './snippets.ts'

const page = 'docs/write-a-feature.md'

useFolder()
usePages()

test.each([
  ['logging', 0],
  ['retries', 1],
] as const)('the example of %s prints what it says', async (name, index) => {
  const code = blocks(page, 'node')[index] ?? ''
  const withoutNumbers = (lines: string[]): string[] => lines.map((line) => line.replace(/\d+ ms/, 'N ms'))
  const lines = expected(filesOf(code))
  expect(lines).toHaveLength(2)
  expect(withoutNumbers(await printedInNode(code, name))).toEqual(withoutNumbers(lines))
})

test('the example of permissions prints what it says', async () => {
  const files = filesOf(blocks(page, 'iframe')[0] ?? '')
  expect(expected(files)).toHaveLength(2)
  expect(await printedWithIframe(files)).toEqual(expected(files))
})

test('the example of "Bundle size" prints what it says', async () => {
  const files = filesOf(blocks('docs/bundle-size.md', 'worker')[0] ?? '')
  expect((await printedWithWorker(files, 3)).toSorted()).toEqual(['1 of 2', '2', '2 of 2'])
})
