import { expect, test } from 'vitest'
import { createConnection, createRequest } from '../../src/index.ts'

test('createRequest makes a plain object that says what is called with what', () => {
  const request = createRequest('myapp.sum', 1, { two: 2 })
  expect(request).toStrictEqual({
    type: 'request',
    sequenceId: expect.any(String),
    method: 'myapp.sum',
    args: [1, { two: 2 }],
  })
  expect(Object.getPrototypeOf(request)).toBe(Object.prototype)
})

test('a request without arguments has an empty list of them', () => {
  expect(createRequest('ping').args).toEqual([])
})

test('each request has a sequenceId of its own', () => {
  const ids = Array.from({ length: 100 }, () => createRequest('ping').sequenceId)
  expect(new Set(ids).size).toBe(100)
})

test('a request can be cloned, as one that is posted or stored', () => {
  const request = createRequest('myapp.sum', 1, 2)
  expect(structuredClone(request)).toEqual(request)
})

test('createConnection without a window says what may have happened', () => {
  for (const nothing of [null, undefined] as unknown as Window[])
    expect(() => createConnection(nothing)).toThrow(/There is no window/)
})
