import { rpcShooterTransport } from '../../../src/adapters/compat/compat.ts'
import type { RPC, RPCInitOptions } from '../../../src/index.ts'
import { start, within } from '../../contract/fixture.ts'
import { type Channel, openChannel } from './channel.ts'
import { theirRPC, type TheirRPC } from './shooter.ts'

export const startOurs = (port: MessagePort, options: Omit<RPCInitOptions, 'transport'> = {}): RPC =>
  start({ plain: true, ...options, transport: rpcShooterTransport(port) })

/** What both sides have. */
export const methods = {
  add: (a: number, b: number) => a + b,
  echo: (value: unknown) => value,
  count: (...args: unknown[]) => args.length,
  nothing() {},
  async fail(message: string) {
    throw Object.assign(new Error(message), { code: 1234 })
  },
  async failPlainly() {
    throw new Error('no code')
  },
  hang: () => new Promise(() => {}),
}

export interface Both extends Channel {
  readonly rpc: RPC
  readonly peer: TheirRPC
}

/** Ours and the real rpc-shooter on one channel, with the same methods. */
export async function openBoth(options: Omit<RPCInitOptions, 'transport'> = {}): Promise<Both> {
  const channel = openChannel()
  const rpc = startOurs(channel.ours, { methods, ...options })
  const peer = theirRPC(channel.theirs, methods)
  await within(45_000, Promise.all([rpc.connect(), peer.connect()]))
  await channel.quiet()
  channel.said.us.splice(0)
  channel.said.them.splice(0)
  return { ...channel, rpc, peer }
}
