/** The global MessageChannel, that Bun, Deno, workerd and pages have. */
import type { Connection, Kind } from '../../contract/fixture.ts'
import { countOnTarget } from '../../contract/listeners.ts'
import { answerPlainly } from '../../contract/plain.ts'
import { serve } from '../../contract/service.ts'
import { contract } from '../../contract/suite.ts'

interface Channel extends Connection {
  readonly transport: MessagePort
  readonly remote: MessagePort
  readonly listeners: () => number
}

function connect(kind: Kind): Channel {
  const { port1, port2 } = new MessageChannel()
  if (kind === 'service') serve(port2)
  if (kind === 'plain') port2.onmessage = ({ data }) => answerPlainly(port2, data)
  return { transport: port1, remote: port2, listeners: countOnTarget(port1), close: () => port1.close() }
}

const isWorkerd = globalThis.navigator?.userAgent === 'Cloudflare-Workers'

contract('a MessageChannel in one thread', connect, {
  // workerd: "Transfer list is not supported".
  transfer: !isWorkerd,
  ...(!isWorkerd && { carrier: ({ transport }: Channel) => transport }),
  listeners: ({ listeners }) => listeners(),
})
