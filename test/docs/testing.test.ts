/** The recipes of "Testing". */
import { expect, test } from 'vitest'
import { ErrorCode, wrap } from '../../src/index.ts'
import { asWorker } from '../../src/testing.ts'
import { blocks, expected, filesOf, printedInNode, testedByVitest, useFolder } from './snippets.ts'

useFolder()

test.for(['threads', 'forks'] as const)('C65: a test of a worker file runs in a pool of %s', async (pool) => {
  const [code = ''] = blocks('docs/testing.md', 'vitest')
  expect(await testedByVitest(filesOf(code), pool)).toEqual(['adds: passed', 'fails: passed'])
})

test('C65: its other examples print what they say', async () => {
  const examples = blocks('docs/testing.md', 'node')
  expect(examples).toHaveLength(2)
  for (const [i, code] of examples.entries())
    expect(await printedInNode(code, `testing-${i}`)).toEqual(expected(filesOf(code)))
})

test('C65: the file of a worker starts afresh, and what it exposes ends with terminate()', async () => {
  const file = './testing-worker.ts'
  for (const start of [1, 2]) {
    const port = asWorker()
    await import(`${file}?${start}`)
    const worker = wrap<{ next(): number }>(port)
    expect([await worker.next(), await worker.next()]).toEqual([1, 2])
    const pending = worker.next()
    port.terminate()
    await expect(pending).rejects.toMatchObject({ code: ErrorCode.PEER_GONE })
  }
  await expect(import(`${file}?3`)).rejects.toThrow(/^Without an endpoint/)
})
