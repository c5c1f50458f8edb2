/** The examples of "Types"; that they compile is a test of test/package/declarations.test.ts. */
import { expect, test } from 'vitest'
import { blocks, expected, filesOf, printedInNode, useFolder } from './snippets.ts'

useFolder()

test('the example of types prints what it says', async () => {
  const code = blocks('docs/types.md', 'node')[0] ?? ''
  const lines = expected(filesOf(code))
  expect(lines).toEqual(['3 Ada 2,4 calling 555'])
  expect(await printedInNode(code, 'types')).toEqual(lines)
})

test('C50: so does the example of peers that are not portcall', async () => {
  const code = blocks('docs/types.md', 'foreign')[0] ?? ''
  const lines = expected(filesOf(code))
  expect(lines).toEqual(['line 3 of a.ts', 'echo: hello', 'opened a.ts'])
  expect(await printedInNode(code, 'foreign')).toEqual(lines)
})
