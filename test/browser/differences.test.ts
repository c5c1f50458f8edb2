import { expect, test } from 'vitest'
import page from '../../docs/bundle-size.md?raw'
import { arrivals, documented } from '../features/differences.ts'

test('without features there arrives in browsers what docs/bundle-size.md lists', async () => {
  const { browsers } = documented(page)
  expect(Object.keys(browsers)).toHaveLength(20)
  expect(await arrivals()).toEqual(browsers)
})
