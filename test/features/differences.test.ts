import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { arrivals, documented } from './differences.ts'

const page = readFileSync(new URL('../../docs/bundle-size.md', import.meta.url), 'utf8')

test('without features there arrives in Node what docs/bundle-size.md lists', async () => {
  const { node } = documented(page)
  expect(Object.keys(node)).toHaveLength(20)
  expect(await arrivals()).toEqual(node)
})
