import { describe, expect, test } from 'vitest'
import { faultsIn, faultsOf } from './frames.ts'

const hello = { jsonrpc: '2.0', id: 'session', method: 'rpc.connect', params: {} }

describe('the check of what our side posts', () => {
  test.each([
    { jsonrpc: '2.0', id: 0, method: 'add', params: [1, undefined] },
    { jsonrpc: '2.0', id: 'a', method: 'add' },
    { jsonrpc: '2.0', method: 'log', params: { text: 'x' } },
    { jsonrpc: '2.0', id: 1, result: null },
    { jsonrpc: '2.0', id: 1, error: { code: 1, message: 'no' } },
    { jsonrpc: '2.0', id: 1, error: { code: 1, message: 'no', data: null } },
  ])('takes %j', (frame) => {
    expect(faultsOf(frame)).toEqual([])
  })

  test.each([
    ['request has trace', { jsonrpc: '2.0', id: 1, method: 'add', trace: 'x' }],
    ['params is an own undefined', { jsonrpc: '2.0', method: 'add', params: undefined }],
    ['params are no structure', { jsonrpc: '2.0', method: 'add', params: 'text' }],
    ['id is null', { jsonrpc: '2.0', id: null, result: 1 }],
    ['id is 1.5', { jsonrpc: '2.0', id: 1.5, method: 'add' }],
    ['result is an own undefined', { jsonrpc: '2.0', id: 1, result: undefined }],
    ['error has result', { jsonrpc: '2.0', id: 1, result: 1, error: { code: 1, message: 'no' } }],
    ['errorObject has stack', { jsonrpc: '2.0', id: 1, error: { code: 1, message: 'no', stack: '' } }],
    [
      'data is an own undefined',
      { jsonrpc: '2.0', id: 1, error: { code: 1, message: 'no', data: undefined } },
    ],
    ['code is x', { jsonrpc: '2.0', id: 1, error: { code: 'x', message: 'no' } }],
    ['error is no plain object', { jsonrpc: '2.0', id: 1, error: new Error('no') }],
    ['jsonrpc is 1.0', { jsonrpc: '1.0', id: 1, result: 1 }],
    ['no JSON-RPC message', { jsonrpc: '2.0', id: 1 }],
    ['no JSON-RPC message', [{ jsonrpc: '2.0', id: 1, result: 1 }]],
  ])('finds that %s', (fault, frame) => {
    expect(faultsOf(frame)).toContain(fault)
  })

  test('takes one hello where it is allowed', () => {
    expect(faultsIn([hello], true)).toEqual([])
  })

  test('finds a hello where none is allowed', () => {
    expect(faultsIn([hello], false)).toEqual(['rpc.* frames at [0]'])
  })

  test('finds a missing hello where one is expected', () => {
    expect(faultsIn([], true)).toEqual(['rpc.* frames at []'])
  })

  test('finds any other extension', () => {
    const close = { jsonrpc: '2.0', method: 'rpc.close' }
    expect(faultsIn([hello, close], true)).toEqual(['rpc.* frames at [0,1]'])
  })
})
