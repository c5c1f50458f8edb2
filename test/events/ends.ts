/** Two RPCMessageEvents on the ends of a real MessageChannel, in Node and in browsers. */
import { onTestFinished } from 'vitest'
import { type RPCError, RPCMessageEvent, type RPCMessageEventOptions } from '../../src/index.ts'
import { within } from '../contract/fixture.ts'

type Options = Partial<RPCMessageEventOptions>

export interface Ends {
  readonly here: RPCMessageEvent
  readonly there: RPCMessageEvent
  readonly port1: MessagePort
  readonly port2: MessagePort
  /** What `there.onerror` was told. */
  readonly errors: RPCError[]
  /** What arrived at `there`, heard or not. */
  readonly wire: unknown[]
  /** Wait until all that was posted by `here` has been handled. */
  readonly arrived: () => Promise<void>
}

/** Open a channel with an RPCMessageEvent at each end; the test's end closes it. */
export function open(hereOptions?: Options, thereOptions?: Options): Ends {
  const { port1, port2 } = new MessageChannel()
  const here = new RPCMessageEvent({ currentEndpoint: port1, targetEndpoint: port1, ...hereOptions })
  const there = new RPCMessageEvent({ currentEndpoint: port2, targetEndpoint: port2, ...thereOptions })
  const errors: RPCError[] = []
  there.onerror = (error) => errors.push(error)
  const barriers = new Map<unknown, () => void>()
  const wire: unknown[] = []
  const note = ({ data }: MessageEvent): void => {
    const reached = barriers.get(data)
    if (reached) reached()
    else wire.push(data)
  }
  port2.addEventListener('message', note)
  onTestFinished(() => {
    here.destroy()
    there.destroy()
    port2.removeEventListener('message', note)
    port1.close()
  })
  const arrived = (): Promise<void> => {
    const barrier = crypto.randomUUID()
    const reached = new Promise<void>((resolve) => barriers.set(barrier, resolve))
    port1.postMessage(barrier)
    return within(45_000, reached)
  }
  return { here, there, port1, port2, errors, wire, arrived }
}
