/** The example of "When a peer does not connect". */
import { expect, test } from 'vitest'
import { blocks, expected, filesOf, printedInNode, useFolder } from './snippets.ts'

useFolder()

test('C44: the example of rpc.connection prints what it says', async () => {
  const [code = ''] = blocks('docs/connecting.md', 'node')
  const lines = expected(filesOf(code))
  expect(lines).toHaveLength(4)
  expect(await printedInNode(code, 'connecting')).toEqual(lines)
})
