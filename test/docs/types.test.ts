/** The example of "Types"; that it compiles is a test of test/package/declarations.test.ts. */
import { expect, test } from 'vitest'
import { blocks, expected, filesOf, printedInNode, useFolder } from './snippets.ts'

useFolder()

test('the example of types prints what it says', async () => {
  const code = blocks('docs/types.md', 'node')[0] ?? ''
  const lines = expected(filesOf(code))
  expect(lines).toEqual(['3 Ada 2,4 calling 555'])
  expect(await printedInNode(code, 'types')).toEqual(lines)
})
