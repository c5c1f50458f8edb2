/** How values cross a medium: what it carries by itself, and the interface of its codec. */
import type { BlobLine } from './blobs.ts'
import type { Encoded, Revive, Substitute, Take } from './marks.ts'

/** What a medium does with objects that nobody took. */
export interface Medium {
  /** It keeps cycles, objects that stand in several places, and holes in arrays; else they are marked. */
  readonly isClone: boolean
  /** Whether it carries an object that is neither plain nor a list. */
  readonly carries: (value: object) => boolean
  /** A Map or Set as a list, where something in it must have a path. Default: none is. */
  readonly list?: ((value: object) => Substitute | undefined) | undefined
  /** The holes of an array, each to be marked. @throws what is written after its path. Default: it keeps them. */
  readonly holesOf?: (list: readonly unknown[]) => readonly number[] | string
}

/** How deep values may be nested, and how deep the root stands itself. */
export interface Depth {
  readonly maxDepth: number
  readonly level: number
}

/** How values cross a medium that carries no structured clones. */
export interface Codec {
  /** @throws an error that names the path of what the medium cannot carry. */
  readonly encode: (payload: unknown, take: Take, depth?: Depth) => Encoded
  /** The same for a peer that knows no marks. Default: it is encoded as for others. @throws as `encode`. */
  readonly plain?: (payload: unknown, depth: Depth) => unknown
  /** How Blobs cross, for one connection. Default: they do not, or the medium clones them. */
  readonly blobs?: (() => BlobLine) | undefined
  /** The same with bytes as base64, for peers that announce it, where the medium may be JSON. */
  readonly encodeAsText?: Codec['encode']
  readonly decode: (payload: unknown, marks: unknown, revive: Revive, maxDepth: number) => unknown
}
