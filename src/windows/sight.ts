/** What is seen of another window, so that a connection that does not come about can be explained. */
import type { Sight, WindowSight } from '../transport/transport.ts'
import { shorten } from '../protocol/paths.ts'
import { type AllowedOrigins, OPAQUE, type OriginOption } from './origins.ts'
import { explain } from './explanation.ts'
import { hearLoads } from './reloads.ts'
import { type FrameLike, isBlank, type WindowLike } from './window-endpoint.ts'

interface SightOptions {
  readonly target: FrameLike | WindowLike | null | undefined
  readonly peer: () => WindowLike | null | undefined
  readonly origin: OriginOption | undefined
  readonly allowOpaque: boolean
  readonly allowed: AllowedOrigins
}

export interface Watcher {
  readonly refused: (origin: string) => void
  readonly other: () => void
  readonly listen: () => void
  readonly stop: () => void
  readonly look: () => Sight
}

type Frame = FrameLike & Partial<Pick<HTMLIFrameElement, 'src' | 'getAttribute'>>

const tryTo = <T>(read: () => T): T | undefined => {
  try {
    return read()
  } catch {
    return undefined
  }
}

export function watchSight({ target, peer, origin: option, allowOpaque, allowed }: SightOptions): Watcher {
  const { document: page, location: at } = globalThis as Partial<typeof globalThis>
  let refused: string | undefined
  let otherMessages = 0
  let wasBlank = false
  let hasLoaded = false
  let stop: (() => void) | undefined

  const frameOf = (there: WindowLike): Frame | undefined =>
    tryTo(() => 'contentWindow' in Object(target))
      ? (target as Frame)
      : Array.from(page?.querySelectorAll?.('iframe') ?? []).find(
          ({ contentWindow }) => contentWindow === there,
        )

  const documentIn = (
    there: WindowLike,
    expected: string | undefined,
  ): Pick<WindowSight, 'document' | 'status'> => {
    if (isBlank(there)) return { document: 'none' }
    const inside = tryTo(() => (there as Window).document)
    if (inside) {
      const [entry] = tryTo(() => (there as Window).performance.getEntriesByType('navigation')) ?? []
      const { responseStatus: status } = (entry ?? {}) as Partial<PerformanceNavigationTiming>
      return { document: inside.readyState === 'complete' ? 'loaded' : 'loading', ...(status && { status }) }
    }
    if (wasBlank && !hasLoaded) return { document: 'loading' }
    return { document: expected === origin ? 'replaced' : 'loaded' }
  }

  return {
    refused: (theirs) => (refused = theirs),
    other: () => void otherMessages++,
    listen: () => {
      const there = peer()
      wasBlank = Boolean(there && isBlank(there))
      stop = hearLoads(target, peer, () => {
        const now = peer()
        hasLoaded ||= Boolean(now && !isBlank(now))
      })
    },
    stop: () => stop?.(),
    look: () => {
      const there = peer()
      if (!there) return { medium: 'window', refused, otherMessages }
      const medium = mediumOf(there)
      const frame = medium === 'popup' ? frameOf(there) : undefined
      const sandbox = frame?.getAttribute?.('sandbox') ?? undefined
      const isOpaque = sandbox !== undefined && !sandbox.includes('allow-same-origin')
      const url = tryTo(() => new URL((frame?.getAttribute?.('src') && frame.src) || ''))
      const named = medium === 'parent' ? at?.ancestorOrigins?.[0] : url?.origin
      const expected = isOpaque || named === OPAQUE ? undefined : named
      const seen = {
        medium: frame ? 'iframe' : medium,
        refused,
        otherMessages,
        window: {
          here: origin,
          ...(option !== undefined && {
            allowed:
              typeof option === 'function' ? 'what its function allows' : shorten([option].flat().join(', ')),
          }),
          allowsOpaque: allowOpaque,
          // Without what may be secret in it.
          ...(url && {
            address: shorten(
              url.protocol.startsWith('http') ? url.origin + url.pathname : `${url.protocol}…`,
            ),
          }),
          ...(expected !== undefined && {
            expected,
            isExpected: typeof option === 'function' || allowed.allows(expected),
          }),
          ...(sandbox !== undefined && { sandbox }),
          ...documentIn(there, expected),
        },
      }
      return { ...seen, text: explain(seen) }
    },
  }
}

const mediumOf = (there: unknown): string =>
  there === tryTo(() => parent) ? 'parent' : there === tryTo(() => opener as unknown) ? 'opener' : 'popup'
