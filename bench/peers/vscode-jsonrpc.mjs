// In the bundle for browsers `vscode-jsonrpc/browser` stands in for it: see sides/serve.mjs.
import * as jsonrpc from 'vscode-jsonrpc/node'

const open = ({ endpoint }) => {
  const Reader = jsonrpc['PortMessageReader'] ?? jsonrpc['BrowserMessageReader']
  const Writer = jsonrpc['PortMessageWriter'] ?? jsonrpc['BrowserMessageWriter']
  return jsonrpc.createMessageConnection(new Reader(endpoint), new Writer(endpoint))
}

/** Between windows over a port: it does not look where a message comes from. It transfers nothing and has no streams. */
export const vscodeJsonrpc = {
  name: 'vscode-jsonrpc',
  title: 'vscode-jsonrpc',
  package: 'vscode-jsonrpc',
  over: { thread: 'endpoint', worker: 'endpoint', window: 'port' },
  size: `export { BrowserMessageReader, BrowserMessageWriter, createMessageConnection } from 'vscode-jsonrpc/browser'`,

  serve(link, api) {
    const connection = open(link)
    for (const name of ['echo', 'take', 'noted', 'fail']) connection.onRequest(name, api[name])
    connection.onNotification('note', api.note)
    connection.listen()
  },

  connect(link) {
    const connection = open(link)
    connection.listen()
    return {
      call: (...args) => connection.sendRequest('echo', ...args),
      take: (value) => connection.sendRequest('take', value),
      note: (...args) => connection.sendNotification('note', ...args),
      noted: () => connection.sendRequest('noted'),
      fail: () => connection.sendRequest('fail'),
    }
  },
}
