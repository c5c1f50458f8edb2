/** Detects that another document was loaded into a window whose documents say no goodbye, or that it was closed. */
import type { Receiver } from '../transport/transport.ts'
import { type FrameLike, watch, type WindowLike } from './window-endpoint.ts'

/** The document of a window of another origin: which one it is cannot be told. */
const FOREIGN = {}

const page = (): Document | undefined => (globalThis as Partial<typeof globalThis>).document

/** Hear the `load` events of the element that a window is in. @returns how to stop. */
export function hearLoads(
  target: FrameLike | WindowLike | null | undefined,
  peer: () => WindowLike | null | undefined,
  loaded: () => void,
): () => void {
  const { Element: ElementOfHere } = globalThis as Partial<typeof globalThis>
  // It does not bubble, and does not leave a shadow tree.
  const root = ElementOfHere && target instanceof ElementOfHere ? target : page()
  const on = ({ target: element }: Event): void => {
    if ((element as Partial<FrameLike> | null)?.contentWindow === peer()) loaded()
  }
  root?.addEventListener('load', on, true)
  return () => root?.removeEventListener('load', on, true)
}

const REASON = 'another document was loaded'

const documentOf = (peer: WindowLike): unknown => {
  try {
    return (peer as unknown as Window).document
  } catch {
    return FOREIGN
  }
}

export interface Reloads {
  /** Compare the document with the one that was there. */
  readonly look: () => void
  /** The same before something is posted, as far as that is cheap. */
  readonly lookHere: () => void
  readonly stop: () => void
}

/**
 * Tell the receiver when another document is there, and when the window has ended.
 *
 * A document of this page's own origin is compared. One of another origin is known by the `load` event of its element, which
 * comes once for each document: for an iframe, not for a popup. The first one is that of the document which is there already, if
 * this page itself is still loading; later it may be.
 */
export function watchReloads(
  target: FrameLike | WindowLike | null | undefined,
  peer: () => WindowLike | null | undefined,
  receiver: Receiver,
): Reloads {
  let last: unknown
  // A document was seen whose `load` event is still to come.
  let isLoading = page()?.readyState !== 'complete'
  // Before, the first `load` may be that of the document that is there, or of the next one.
  let isSure = false

  const look = (): void => {
    const there = peer()
    const now = there && documentOf(there)
    if (!now || now === last) return
    const isFirst = last === undefined
    last = now
    if (isFirst) return
    isLoading = isSure = true
    receiver.reloaded?.(REASON)
  }
  const onLoad = (): void => {
    look()
    receiver.reloaded?.(isLoading || last !== FOREIGN ? undefined : REASON, isSure)
    isLoading = false
    isSure = true
  }
  const stop = hearLoads(target, peer, onLoad)
  const unwatch = watch(
    () => {
      look()
      return peer()
    },
    (reason) => receiver.gone(reason, true),
  )
  look()
  return {
    look,
    lookHere: () => {
      if (last !== FOREIGN) look()
    },
    stop: () => {
      stop()
      unwatch()
    },
  }
}
