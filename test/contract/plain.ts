/** A JSON-RPC 2.0 peer as somebody writes it by hand in ten lines: it knows `echo` and refuses the rest. */
export function answerPlainly(to: { postMessage(message: unknown): void }, data: unknown): void {
  const { id, method, params } = data as { id?: number; method?: string; params?: unknown[] }
  if (id === undefined || method === undefined) return
  if (method === 'echo') to.postMessage({ jsonrpc: '2.0', id, result: params?.[0] })
  else to.postMessage({ jsonrpc: '2.0', id, error: { code: -32601, message: 'Method not found' } })
}
