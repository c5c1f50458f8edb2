import { MessageChannel } from 'node:worker_threads'
import { RPC } from '../../../src/index.ts'
import { serve } from '../service.ts'

/** Make calls with deadlines far away, all of which have ended. */
async function finishCalls(): Promise<{ destroy(): void; unref(): void }> {
  const { port1, port2 } = new MessageChannel()
  const service = serve(port2)
  const rpc = new RPC({ transport: port1, timeout: 60_000 })
  await Promise.all([
    rpc.connect(60_000),
    rpc.invoke('add', [1, 2]),
    rpc.invoke('count', [], { timeout: 70_000 }),
  ])
  await rpc.invoke('hang', ['x'], { signal: AbortSignal.timeout(10) }).catch(() => {})
  return {
    destroy() {
      service.destroy()
      rpc.destroy()
    },
    unref() {
      port1.unref()
      port2.unref()
    },
  }
}

const destroyed = await finishCalls()
destroyed.destroy()
const open = await finishCalls()
open.unref()
