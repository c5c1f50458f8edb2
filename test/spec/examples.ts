/** The examples of section 7 of the JSON-RPC 2.0 specification, word for word. */
export interface Example {
  readonly name: string
  /** The text that the client sends. */
  readonly send: string
  /** What the server answers, if anything. */
  readonly expect?: unknown
}

const error = (id: string | null, code: number, message: string): object => ({
  jsonrpc: '2.0',
  error: { code, message },
  id,
})

const invalidRequest = error(null, -32600, 'Invalid Request')

export const examples: readonly Example[] = [
  {
    name: 'rpc call with positional parameters',
    send: '{"jsonrpc": "2.0", "method": "subtract", "params": [42, 23], "id": 1}',
    expect: { jsonrpc: '2.0', result: 19, id: 1 },
  },
  {
    name: 'rpc call with positional parameters, the other way round',
    send: '{"jsonrpc": "2.0", "method": "subtract", "params": [23, 42], "id": 2}',
    expect: { jsonrpc: '2.0', result: -19, id: 2 },
  },
  {
    name: 'rpc call with named parameters',
    send: '{"jsonrpc": "2.0", "method": "subtract", "params": {"subtrahend": 23, "minuend": 42}, "id": 3}',
    expect: { jsonrpc: '2.0', result: 19, id: 3 },
  },
  {
    name: 'rpc call with named parameters, the other way round',
    send: '{"jsonrpc": "2.0", "method": "subtract", "params": {"minuend": 42, "subtrahend": 23}, "id": 4}',
    expect: { jsonrpc: '2.0', result: 19, id: 4 },
  },
  {
    name: 'a Notification',
    send: '{"jsonrpc": "2.0", "method": "update", "params": [1,2,3,4,5]}',
  },
  {
    name: 'a Notification of a method that does not exist',
    send: '{"jsonrpc": "2.0", "method": "foobar"}',
  },
  {
    name: 'rpc call of non-existent method',
    send: '{"jsonrpc": "2.0", "method": "foobar", "id": "1"}',
    expect: error('1', -32601, 'Method not found'),
  },
  {
    name: 'rpc call with invalid JSON',
    send: '{"jsonrpc": "2.0", "method": "foobar, "params": "bar", "baz]',
    expect: error(null, -32700, 'Parse error'),
  },
  {
    name: 'rpc call with invalid Request object',
    send: '{"jsonrpc": "2.0", "method": 1, "params": "bar"}',
    expect: invalidRequest,
  },
  {
    name: 'rpc call Batch, invalid JSON',
    send: `[
      {"jsonrpc": "2.0", "method": "sum", "params": [1,2,4], "id": "1"},
      {"jsonrpc": "2.0", "method"
    ]`,
    expect: error(null, -32700, 'Parse error'),
  },
  { name: 'rpc call with an empty Array', send: '[]', expect: invalidRequest },
  { name: 'rpc call with an invalid Batch (but not empty)', send: '[1]', expect: [invalidRequest] },
  {
    name: 'rpc call with invalid Batch',
    send: '[1,2,3]',
    expect: [invalidRequest, invalidRequest, invalidRequest],
  },
  {
    name: 'rpc call Batch',
    send: `[
      {"jsonrpc": "2.0", "method": "sum", "params": [1,2,4], "id": "1"},
      {"jsonrpc": "2.0", "method": "notify_hello", "params": [7]},
      {"jsonrpc": "2.0", "method": "subtract", "params": [42,23], "id": "2"},
      {"foo": "boo"},
      {"jsonrpc": "2.0", "method": "foo.get", "params": {"name": "myself"}, "id": "5"},
      {"jsonrpc": "2.0", "method": "get_data", "id": "9"}
    ]`,
    expect: [
      { jsonrpc: '2.0', result: 7, id: '1' },
      { jsonrpc: '2.0', result: 19, id: '2' },
      invalidRequest,
      error('5', -32601, 'Method not found'),
      { jsonrpc: '2.0', result: ['hello', 5], id: '9' },
    ],
  },
  {
    name: 'rpc call Batch (all notifications)',
    send: `[
      {"jsonrpc": "2.0", "method": "notify_sum", "params": [1,2,4]},
      {"jsonrpc": "2.0", "method": "notify_hello", "params": [7]}
    ]`,
  },
]
