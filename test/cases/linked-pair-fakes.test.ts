import { afterEach, expect, test, vi } from 'vitest'
import { expose, wrap } from '../../src/index.ts'
import { linkedPair } from '../../src/testing.ts'

afterEach(() => void vi.useRealTimers())

test('C64: a linked pair delivers where a test runner fakes all that it can', async () => {
  vi.useFakeTimers({
    toFake: ['queueMicrotask', 'setTimeout', 'setImmediate', 'setInterval', 'Date', 'performance'],
  })
  const { left, right } = linkedPair()
  expose({ add: (a: number, b: number) => a + b }, left)
  expect(await wrap<{ add(a: number, b: number): number }>(right).add(1, 2)).toBe(3)
})
