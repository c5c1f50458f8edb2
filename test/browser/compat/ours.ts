/** A page that runs portcall, to a parent that still runs another library. */
import { rpcShooterTransport, widgetKitTransport } from '../../../src/adapters/compat/compat.ts'
import { RPC, RPCError, windowTransport } from '../../../src/index.ts'

const query = new URLSearchParams(location.search)
const origin = query.get('origin') ?? location.origin
await new Promise((resolve) => setTimeout(resolve, Number(query.get('late'))))

const inner = windowTransport(parent, { origin, raw: true })
const rpc = new RPC({
  transport: query.get('kind') === 'widget-kit' ? widgetKitTransport(inner) : rpcShooterTransport(inner),
  plain: true,
  methods: {
    add: (a: number, b: number) => a + b,
    fail() {
      throw new RPCError(-32500, 'our fault', { data: 'our fault' })
    },
    relay: (method: string, ...args: unknown[]) => rpc.invoke(method, args),
  },
})
