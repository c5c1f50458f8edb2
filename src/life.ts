/** The signs of life that a connection has: the Web Lock of a worker, and a heartbeat where one is asked for. */
import { checkTimeout } from './arguments.ts'
import { createHeartbeat } from './heartbeat.ts'
import type { Hello } from './hello.ts'
import type { Link, Values } from './link.ts'
import type { Transport } from './transport.ts'
import { createVigil } from './vigil.ts'

export interface LifeDeps {
  readonly hello: Hello
  readonly link: Link
  readonly transport: Transport
  readonly session: string
  /** Milliseconds of silence after which a sign is asked for; 0: never. */
  readonly heartbeat: number | undefined
  /** Whether either side waits for the other, or holds something of it. */
  readonly isInUse: () => boolean
  readonly gone: (reason: string) => void
}

export interface Life {
  readonly notices: Values['notices']
  /** Something came from the other side. */
  readonly heard: () => void
  /** The other side is gone. */
  readonly lost: () => void
  /** This side leaves it. */
  readonly stop: () => void
}

export function createLife(deps: LifeDeps): Life {
  const { hello, link, transport, session, heartbeat: interval = 0, isInUse, gone } = deps
  checkTimeout(interval)
  const isNeeded = (): boolean => hello.can('ping') && isInUse()
  const ask = (): void => void link.request('rpc.ping', []).catch(() => {})
  const heartbeat = createHeartbeat({ interval, isNeeded, ask, gone })
  const { tell } = link
  const vigil = createVigil({
    name: `portcall:${session}`,
    role: transport.lock,
    isInUse,
    tell,
    gone,
  })
  return {
    notices: vigil.notices,
    heard: () => {
      heartbeat.heard()
      if (hello.can('lock')) vigil.heard()
    },
    lost: vigil.end,
    stop: () => {
      heartbeat.stop()
      vigil.end()
    },
  }
}
