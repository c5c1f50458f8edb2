/** BroadcastChannel within one thread of Bun or Deno. */
import { afterAll } from 'vitest'
import { openEnd } from '../../adapters/broadcast/ends.ts'
import { contract } from '../../contract/suite.ts'
import { run } from '../../windows/medium.ts'

// Deno 2.9 refuses to post on a channel that is made while the last one of all is closing: "expected i32".
const open = new BroadcastChannel('kept open')
afterAll(() => open.close())

contract(
  'one of a bus',
  (kind) => {
    const name = crypto.randomUUID()
    const there = openEnd(name, 'there', 'here')
    const here = openEnd(name, 'here', 'there')
    const { stop } = run(kind, there.transport)
    return {
      transport: here.transport,
      close() {
        stop()
        here.close()
        there.close()
      },
    }
  },
  { trusted: true },
)
