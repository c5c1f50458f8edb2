/**
 * Two windows that run the handshake, without any window: what one posts waits until it is delivered, in order for each
 * direction, and is lost if nobody listens by then, or if it was addressed to another origin.
 */
import { createHandshake, type Greeting, type Handshake } from '../../src/windows/handshake.ts'
import { OPAQUE } from '../../src/windows/origins.ts'

export type Side = 0 | 1

/** One end of a pair of ports. */
export interface End {
  readonly pair: number
  readonly made: boolean
  open: boolean
}

export interface SideOptions {
  /** The origins that it can have, by turns; an opaque one is `null`. */
  readonly origins: readonly string[]
  /** What it greets at the start. */
  readonly greets: readonly string[]
  /** The other is a frame that is blank until its first start: till then it is not greeted. */
  readonly facesBlank?: boolean
}

interface Post {
  readonly from: Side
  readonly origin: string
  readonly to: string
  readonly greeting: Greeting
  readonly port: End | undefined
  /** It repeats what a former session said: whoever has not heard that session before cannot know, and does not get it. */
  readonly isFormer?: boolean
}

interface Channel {
  readonly handshake: Handshake
  readonly session: string
  readonly heard: Set<string>
  end: End | undefined
}

interface Window extends SideOptions {
  at: number
  begun: boolean
  readonly channels: Map<string | undefined, Channel>
}

export interface World {
  readonly windows: readonly [Window, Window]
  /** Every post that there was. */
  readonly posts: Post[]
  /** Start a channel of a side, in the document that is there. Does nothing if it runs. */
  start(side: Side, name: string | undefined): void
  /** End it: its port is closed, and it does not listen any more. */
  stop(side: Side, name: string | undefined): void
  /** The page comes back from the back-forward cache: each channel greets as a new session. */
  restart(side: Side): void
  /** Another document: everything that ran ends. Its origin is the next one. */
  load(side: Side, move: boolean): void
  /** Post again what this side's present sessions said, or its former ones, a port excepted. */
  replay(side: Side, which: number, of: 'present sessions' | 'former sessions'): void
  /** Deliver the next message that this side posted. @returns false if there is none. */
  deliver(from: Side): boolean
  readonly ends: readonly End[]
}

const other = (side: Side): Side => (side === 0 ? 1 : 0)

const originOf = ({ origins, at }: Window): string => origins[at % origins.length] ?? OPAQUE

/** @param nextSession makes the session ids: which one is greater decides who makes the ports. */
export function makeWorld(options: readonly [SideOptions, SideOptions], nextSession: () => string): World {
  const windows = [window(options[0]), window(options[1])] as const
  const queues: readonly [Post[], Post[]] = [[], []]
  const posts: Post[] = []
  const ends: End[] = []
  let pairs = 0

  const use = (channel: Channel, end: End): void => {
    if (channel.end) channel.end.open = false
    channel.end = end
  }

  const post = (from: Side, greeting: Greeting, to: string, more: Partial<Post> = {}): void => {
    const one: Post = { from, origin: originOf(windows[from]), to, greeting, port: undefined, ...more }
    queues[from].push(one)
    posts.push(one)
  }

  const perform = (
    side: Side,
    channel: Channel,
    effects: ReturnType<Handshake['start']>,
    came?: End,
  ): void => {
    for (const effect of effects) {
      if (effect.do === 'greet') post(side, effect.greeting, effect.to)
      else if (effect.do === 'discard') {
        if (came) came.open = false
      } else if (effect.do === 'adopt') {
        if (came) use(channel, came)
      } else {
        const pair = ++pairs
        const mine: End = { pair, made: true, open: true }
        const theirs: End = { pair, made: false, open: true }
        ends.push(mine, theirs)
        post(side, effect.greeting, effect.to, { port: theirs })
        use(channel, mine)
      }
    }
  }

  const begin = (side: Side, name: string | undefined): void => {
    const session = nextSession()
    const opaque = originOf(windows[side]) === OPAQUE
    const handshake = createHandshake({ session, channel: name, opaque })
    const channel: Channel = { handshake, session, heard: new Set(), end: undefined }
    const { greets, facesBlank } = windows[side]
    windows[side].begun = true
    windows[side].channels.set(name, channel)
    perform(side, channel, channel.handshake.start(facesBlank && !windows[other(side)].begun ? [] : greets))
  }

  const stop = (side: Side, name: string | undefined): void => {
    const channel = windows[side].channels.get(name)
    if (channel?.end) channel.end.open = false
    windows[side].channels.delete(name)
  }

  return {
    windows,
    posts,
    ends,
    start: (side, name) => {
      if (!windows[side].channels.has(name)) begin(side, name)
    },
    stop,
    restart: (side) => {
      for (const name of Array.from(windows[side].channels.keys())) {
        stop(side, name)
        begin(side, name)
      }
    },
    load: (side, move) => {
      for (const name of windows[side].channels.keys()) stop(side, name)
      if (move) windows[side].at++
    },
    replay: (side, which, of) => {
      const sessions = new Set([...windows[side].channels.values()].map(({ session }) => session))
      const said = posts.filter(
        ({ from, port, greeting }) =>
          from === side && !port && sessions.has(greeting.session) === (of === 'present sessions'),
      )
      const again = said[which % said.length]
      if (again) post(side, again.greeting, again.to, { isFormer: of === 'former sessions' })
    },
    deliver: (from) => {
      const to = other(from)
      const next = queues[from].shift()
      if (!next) return false
      const { greeting, port, origin } = next
      if (next.to !== '*' && next.to !== originOf(windows[to])) return true
      for (const channel of windows[to].channels.values()) {
        if (next.isFormer && !channel.heard.has(greeting.session)) continue
        channel.heard.add(greeting.session)
        perform(to, channel, channel.handshake.receive(greeting, origin, port !== undefined), port)
      }
      return true
    },
  }
}

const window = (options: SideOptions): Window => ({ ...options, at: 0, begun: false, channels: new Map() })
