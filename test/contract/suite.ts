/**
 * The contract of a transport: what an RPC over it does, whatever the environment is. Each environment runs it unchanged,
 * over its real medium: memory.test.ts, channel.test.ts, thread.test.ts, ../browser/contract.test.ts.
 */
import { describe } from 'vitest'
import type { RPC } from '../../src/index.ts'
import { callbacks } from './callbacks.ts'
import { calls, waiting } from './calls.ts'
import { dying } from './deaths.ts'
import { destruction } from './destruction.ts'
import { errors } from './errors.ts'
import { failures } from './failures.ts'
import { type Connect, type Connection, type Kind, opener } from './fixture.ts'
import { flow } from './flow.ts'
import { CANNOT_TRANSFER, type Item } from './items.ts'
import { cloning, listening, transferring } from './media.ts'
import { objects } from './objects.ts'
import { releases } from './releases.ts'
import { signals } from './signals.ts'
import { stopping } from './stopping.ts'
import { streamControl } from './stream-control.ts'
import { streams } from './streams.ts'
import { copying, transfers } from './transfers.ts'
import { uncarried } from './uncarried.ts'
import { webStreams } from './webstreams.ts'

/** One way in which the environment can lose the other side and tell. */
export interface Death<C extends Connection = Connection> {
  /** What the rejections say. */
  readonly says: RegExp
  readonly die: (opened: { readonly connection: C; readonly rpc: RPC }) => unknown
}

/** Each by a sentence. */
export type Deaths<C extends Connection = Connection> = Readonly<Record<string, Death<C>>>

/** What a medium can do. */
export interface Traits<C extends Connection = Connection> {
  /** JSON text crosses, no structured clone. Default: false. */
  readonly text?: boolean
  /** Objects can be transferred. Default: false. */
  readonly transfer?: boolean
  /** The other side is code of this side's own making, and knows it: its errors carry their fields. Default: false. */
  readonly trusted?: boolean
  /** This side knows it of the other, and takes its stacks. Default: as `trusted`. */
  readonly trusts?: boolean
  /** The MessagePort that is the connection. Default: it is none. */
  readonly carrier?: (connection: C) => object
  /** How many listeners this side's host object has. Default: it has none to count. */
  readonly listeners?: (connection: C) => number
  /** Default: the environment never tells. */
  readonly deaths?: Deaths<C>
}

export function contract<C extends Connection>(
  name: string,
  connect: Connect<Kind, C>,
  traits: Traits<C> = {},
): void {
  const opened = opener(connect)
  const { text = false, transfer = false, trusted = false, trusts = trusted } = traits
  const { carrier, listeners, deaths = {} } = traits
  const items: Record<Item, () => void> = {
    'calls both ways': () => {
      calls(opened)
      flow(opened)
    },
    'late start': () => waiting(opened),
    errors: () => {
      failures(opened)
      errors(opened, trusted, trusts)
    },
    'deadlines and cancel': () => stopping(opened),
    'callbacks and objects': () => {
      callbacks(opened)
      releases(opened)
      objects(opened)
    },
    signals: () => signals(opened),
    streams: () => {
      streams(opened)
      streamControl(opened)
      webStreams(opened)
    },
    values: () => {
      if (!text) cloning(opened)
      uncarried(opened)
    },
    transfer: () => {
      if (!transfer) return copying(opened)
      transferring(opened)
      transfers(opened, carrier)
    },
    'death of the peer': () => dying(opened, deaths),
    'destroy, and anew': () => {
      destruction(opened)
      if (listeners) listening(opened, listeners)
    },
  }
  describe(`${name}`, () => {
    for (const [item, run] of Object.entries(items)) {
      const title = item === 'transfer' && !transfer ? CANNOT_TRANSFER : item
      describe(`${title}`, () => {
        run()
      })
    }
  })
}
