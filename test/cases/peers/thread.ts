import { parentPort } from 'node:worker_threads'
import {
  type AbstractMessageReceiveEndpoint,
  channelTransport,
  type Endpoint,
  expose,
  RPC,
  RPCMessageEvent,
  rpcOf,
  wrap,
} from '../../../src/index.ts'
import { api } from './api.ts'

const at = parentPort as unknown as Endpoint & AbstractMessageReceiveEndpoint
const [, , ...words] = process.argv

if (words.includes('channels')) for (const name of ['a', 'b']) expose(api, channelTransport(at, name))
else if (words.includes('event')) {
  const event = new RPCMessageEvent({ currentEndpoint: at, targetEndpoint: at })
  const methods = { ping: () => api.ping() }
  void new RPC(words.includes('transport') ? { transport: event, methods } : { event, methods })
  // Who listens to events is to hear them.
  if (words.includes('on')) event.on('told', () => {})
} else expose(api)
// It is to outlive its last caller.
if (words.includes('ref')) parentPort?.ref()
// Somebody else hears it, too.
if (words.includes('listener')) parentPort?.on('message', () => {})
// After the first goodbye it is busy for longer than its port is kept.
if (words.includes('works')) {
  let isOver = false
  rpcOf(wrap()).onPeer((state) => {
    if (state !== 'gone' || isOver) return
    isOver = true
    setImmediate(() => {
      for (const end = performance.now() + 400; performance.now() < end;);
    })
  })
}
