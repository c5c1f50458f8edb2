export type PeerName = 'raw' | 'portcall-invoke' | 'portcall-wrap' | 'comlink'

export interface Plan {
  /** Samples of each peer. */
  readonly rounds: number
  /** About how many milliseconds a sample takes. */
  readonly target: number
  /** Milliseconds that each peer runs before. */
  readonly warmUp: number
  /** Of a stream. */
  readonly items: number
}

export interface Row {
  readonly name: string
  readonly title: string
  readonly compare: 'time' | 'rate'
}

/** The functions of a calling side. */
export type BenchRemote = Readonly<Record<string, unknown>>

export interface BenchPeer {
  readonly name: PeerName
}

/** Measures so many units. */
export type Sampler = (units: number) => Promise<{ readonly ms: number; readonly calls: number }>

/** Nanoseconds per call, its own and those of raw beside it. */
export type Pair = readonly [own: number, raw: number]

export interface Figure {
  /** Against raw: the median, the lowest and the highest. */
  readonly ratio: number
  readonly low: number
  readonly high: number
  readonly perSecond: number
}

interface Measured {
  readonly environment: { readonly name: string }
  readonly row: Row
  readonly plan: { readonly rounds: number }
  readonly runs: readonly Readonly<Record<string, readonly Pair[]>>[]
}

export const peerNames: readonly PeerName[]
/** @throws TypeError for any other name. */
export function peerOf(name: string): BenchPeer
export function rowOf(name: string): Row
/** @returns undefined where the peer cannot do what the row needs. */
export function createSampler(remote: BenchRemote, row: Row, plan: Plan): Sampler | undefined
export function interleave(
  samplers: ReadonlyMap<string, Sampler>,
  plan: Plan,
  failures: Record<string, string>,
): Promise<Record<string, Pair[]>>
export function summarize(measured: Measured): { readonly figures: Readonly<Record<string, Figure>> }
export function within<T>(ms: number, promise: Promise<T>, what: string): Promise<T>
export function connectWorker(peer: BenchPeer, worker: Worker): Promise<BenchRemote>
export function connectFrame(peer: BenchPeer, address: string, origin: string): Promise<BenchRemote>
export function answerInWorker(peer: BenchPeer): void
export function answerInFrame(peer: BenchPeer, origin: string): void
