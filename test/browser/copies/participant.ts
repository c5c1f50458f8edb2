/** One copy of the library that speaks with a window, and what becomes of it. Runs in the test page and in its iframe. */
import type * as library from '../../../src/index.ts'

export type Library = typeof library

/** How a copy is loaded: with the table of its realm, with one of its own (as in another world of the page), or 0.1.0. */
export type Kind = 'together' | 'alone' | 'published'

/** What is given to an iframe in its address. */
export interface Member {
  readonly kind: Kind
  readonly wait: number
}

/** What a copy needs to know. */
export interface ParticipantOptions extends library.WindowOptions {
  readonly kind: Kind
  /** Portcall 0.1.0 follows whoever came last and tells nobody: then the deadline of the connection does. */
  readonly isPublishedThere: boolean
}

export const load = (server: string, kind: Kind, n: number): Promise<Library> =>
  import(/* @vite-ignore */ `${server}/copy.js?kind=${kind}&n=${n}`) as Promise<Library>

/** Answered by the peer; told that there is none for it; or what it should not be. */
export type Outcome = 'answered' | 'told' | `wrong: ${string}`

const PEER_GONE = -32050
const TIMEOUT = -32300
const PATIENCE = 45_000

export class Participant {
  readonly #mayBeLate: boolean
  readonly #copy: Library
  readonly #target: () => Window | HTMLIFrameElement
  readonly #options: library.WindowOptions
  #rpc: library.RPC | undefined
  #refusal: string | undefined

  constructor(
    copy: Library,
    target: () => Window | HTMLIFrameElement,
    { kind, isPublishedThere, ...options }: ParticipantOptions,
  ) {
    this.#mayBeLate = kind === 'published' || isPublishedThere
    this.#copy = copy
    this.#target = target
    this.#options = options
  }

  start(): void {
    this.stop()
    const { RPC, windowTransport } = this.#copy
    try {
      this.#rpc = new RPC({
        transport: windowTransport(this.#target(), this.#options),
        methods: { ping: () => 'pong' },
        connectTimeout: this.#mayBeLate ? 2_000 : 0,
      })
      // What is called now must settle, too.
      this.#rpc.invoke('ping').catch(() => {})
    } catch (error) {
      this.#refusal = String(error)
    }
  }

  stop(): void {
    this.#rpc?.destroy()
    this.#rpc = undefined
    this.#refusal = undefined
  }

  async outcome(): Promise<Outcome | undefined> {
    if (this.#refusal)
      return /load portcall once|has an RPC already/.test(this.#refusal) ? 'told' : `wrong: ${this.#refusal}`
    if (!this.#rpc) return undefined
    const late = new Promise<Outcome>((resolve) => setTimeout(resolve, PATIENCE, 'wrong: it hangs'))
    const call = this.#rpc.invoke('ping').then(
      (): Outcome => 'answered',
      (error: library.RPCError): Outcome =>
        error.code === PEER_GONE || (this.#mayBeLate && error.code === TIMEOUT) ? 'told' : `wrong: ${error}`,
    )
    return Promise.race([call, late])
  }
}
