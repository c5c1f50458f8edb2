/** A page that still runs the real rpc-shooter 0.0.14, as its documentation has it. */
import { RPC, RPCMessageEvent } from 'rpc-shooter'

const query = new URLSearchParams(location.search)
const targetOrigin = query.get('origin') ?? location.origin

await new Promise((resolve) => setTimeout(resolve, Number(query.get('late'))))

const event = new RPCMessageEvent({
  currentEndpoint: window,
  targetEndpoint: window.parent,
  config: { targetOrigin },
})
const heard: unknown[] = []
addEventListener('message', ({ data }) => heard.push(data))

// What a handler throws before its first await ends here; its library answers nothing then.
addEventListener('error', (event) => event.preventDefault())

const rpc: RPC = new RPC({
  event,
  methods: {
    add: (a: number, b: number) => a + b,
    async fail() {
      throw new RangeError('their fault')
    },
    failSync() {
      throw new RangeError('never told')
    },
    hang: () => new Promise(() => {}),
    relay: (method: string, ...args: unknown[]) => rpc.invoke(method, ...args),
    notify: (method: string) => rpc.invoke(method, { isNotify: true }),
    heard: () => heard.length,
    async connected() {
      await (rpc as unknown as { connect(): Promise<void> }).connect()
      return true
    },
  },
})
