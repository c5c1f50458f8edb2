/** A page that still runs @widget-kit/rpc 1.0.0: a stand-in by its published format. */
import { createConnection, createRequest } from '../../adapters/compat/widget-kit.ts'
import { kitWindow } from './kit-window.ts'

const origin = new URLSearchParams(location.search).get('origin') ?? location.origin
const connection = createConnection(kitWindow(parent, origin))

connection.handle('add', (respond, a: number, b: number) => respond(a + b))
connection.handle('fail', (respond) => respond(null, 'their fault'))
connection.handle('relay', (respond, method: string, ...args: never[]) =>
  connection.send(createRequest(method, ...args), ({ payload, error }) => respond({ payload, error })),
)
