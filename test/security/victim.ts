/** A peer that is attacked: says what it receives, and measures what that takes. */
import { afterEach } from 'vitest'
import { RPC, type RPCInitOptions } from '../../src/index.ts'
import { textTransport } from '../../src/transport/text.ts'
import type { Receiver } from '../../src/transport/transport.ts'

export const open: RPC[] = []
afterEach(() => {
  for (const rpc of open.splice(0)) rpc.destroy()
})

export const hello = {
  jsonrpc: '2.0',
  id: 'evil',
  method: 'rpc.connect',
  params: { session: 'evil', version: 1, capabilities: ['values', 'details', 'cancel', 'close'] },
}

export interface Victim {
  readonly rpc: RPC
  readonly posted: { readonly [member: string]: unknown }[]
  readonly receive: (message: unknown) => void
}

/** An RPC over a medium that clones; what it receives is what a clone would be. */
export function cloning(options: Omit<RPCInitOptions, 'transport'> = {}): Victim {
  let receiver: Receiver | undefined
  const posted: Victim['posted'] = []
  const rpc = new RPC({
    ...options,
    transport: {
      post: (message) => void posted.push(message as never),
      listen: (to) => void (receiver = to),
      close() {},
    },
  })
  open.push(rpc)
  const receive = (message: unknown): void => receiver?.message(structuredClone(message))
  receive(hello)
  return { rpc, posted, receive }
}

export function texting(options: Omit<RPCInitOptions, 'transport'> = {}): Victim {
  const posted: Victim['posted'] = []
  let say: (text: string) => void = () => {}
  const rpc = new RPC({
    ...options,
    transport: textTransport({
      endpoint: {},
      send: (text) => void posted.push(JSON.parse(text) as never),
      listen: (ears) => {
        say = ears.text
        return () => {}
      },
    }),
  })
  open.push(rpc)
  const receive = (message: unknown): void =>
    say(typeof message === 'string' ? message : JSON.stringify(message))
  receive(hello)
  return { rpc, posted, receive }
}

export const request = (id: number, method: string, params?: unknown, values?: unknown): object => ({
  jsonrpc: '2.0',
  id,
  method,
  ...(params !== undefined && { params }),
  ...(values !== undefined && { values }),
})

export const spent = (step: () => void): number => {
  const since = process.cpuUsage()
  step()
  const { user, system } = process.cpuUsage(since)
  return (user + system) / 1_000
}

const reference = (): void => {
  for (let i = 0; i < 10; i++)
    JSON.parse(JSON.stringify(Array.from({ length: 20_000 }, (_, n) => [n, `${n}`])))
}

/** How many times as much CPU it takes as ten JSON copies of 20,000 small lists, in the same run. */
export const timesOfReference = (step: () => void): number => spent(step) / spent(reference)

export const zeros = (length: number): number[] => Array.from({ length }, () => 0)
// Enough marks that the message is counted.
export const signals = (from: number, count: number): unknown[] =>
  Array.from({ length: count }, (_, i) => [[from + i], 'signal', i + 1])
