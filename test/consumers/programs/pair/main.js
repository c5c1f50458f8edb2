// A program without a file of its own beside it: what a bundler of a phone or of old runs.
import { expose, proxy, RPCError, rpcOf, wrap } from 'portcall'
import { RPCError as CoreError } from 'portcall/core'
import { broadcastBus } from 'portcall/core/broadcast'
import { linkedPair } from 'portcall/testing'
import { websocketTransport } from 'portcall/websocket'

const api = {
  add: (a, b) => a + b,
  twice: async (fn, n) => (await fn(n)) + (await fn(n)),
  counter: () => {
    let value = 0
    return proxy({ up: () => ++value })
  },
  async *count(to) {
    for (let i = 1; i <= to; i++) yield i
  },
  fail() {
    throw new RPCError(7, 'seven')
  },
}

async function main() {
  for (const text of [false, true]) {
    const { left, right } = linkedPair({ text })
    expose(api, left)
    const remote = wrap(right)
    console.log(`sum ${await remote.add(1, 2)}, twice ${await remote.twice((n) => n + 1, 1)}`)
    const counter = await remote.counter()
    console.log(`counter ${await counter.up()} ${await counter.up()}`)
    for await (const n of remote.count(2)) console.log(`item ${n}`)
    const error = await remote.fail().catch((reason) => reason)
    console.log(`error ${error.code} ${error instanceof RPCError}`)
    rpcOf(remote).destroy()
  }
  console.log(
    `entries ${typeof broadcastBus} ${typeof websocketTransport}, one copy ${CoreError === RPCError}`,
  )
}

void main()
