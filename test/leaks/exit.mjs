// Run by `node exit.mjs <scenario>`: ends by itself, because nothing that is done keeps the process alive.
import { RPC, wrap } from '../../dist/index.js'
import { linkedPair } from '../../dist/testing.js'

const print = (value) => process.stdout.write(`${value} `)

const methods = { add: (a, b) => a + b, wait: () => new Promise(() => {}) }

const scenarios = {
  async answered() {
    const { left, right } = linkedPair()
    new RPC({ transport: right, methods })
    const rpc = new RPC({ transport: left, timeout: 60_000 })
    print(await rpc.invoke('add', [1, 2]))
    print(await rpc.invoke('add', [3, 4], { timeout: 120_000 }))
  },
  async connected() {
    const { left, right } = linkedPair()
    const rpc = new RPC({ transport: left })
    const connecting = rpc.connect(60_000)
    new RPC({ transport: right })
    await connecting
    print('connected')
  },
  async aborted() {
    const { left, right } = linkedPair()
    new RPC({ transport: right, methods })
    const rpc = new RPC({ transport: left, timeout: 60_000 })
    const signal = AbortSignal.abort('enough')
    await rpc.invoke('wait', null, { signal }).catch(print)
  },
  async timedOut() {
    const { left, right } = linkedPair()
    new RPC({ transport: right, methods })
    const rpc = new RPC({ transport: left })
    await rpc.invoke('wait', null, { timeout: 100 }).catch((error) => print(error.code))
  },
  async destroyed() {
    const { left } = linkedPair()
    const rpc = new RPC({ transport: left, timeout: 60_000 })
    const waiting = rpc.invoke('add', [1, 2])
    rpc.destroy()
    await waiting.catch((error) => print(error.code))
  },
  async ports() {
    const { port1, port2 } = new MessageChannel()
    const server = new RPC({ transport: port2, methods })
    {
      const remote = wrap(port1)
      print(await remote.add(1, 2))
      remote[Symbol.dispose]()
    }
    server.destroy()
  },
  async closedPort() {
    const { port1, port2 } = new MessageChannel()
    new RPC({ transport: port2, methods })
    const rpc = new RPC({ transport: port1, timeout: 60_000 })
    await rpc.connect()
    const waiting = rpc.invoke('wait')
    port2.close()
    await waiting.catch((error) => print(error.code))
  },
}

await scenarios[process.argv[2]]()
