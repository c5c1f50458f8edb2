// Where the page and its peers are served; the server writes it into every page.
const meta = document.querySelector<HTMLMetaElement>('meta[name=origins]')
const [page = location.origin, other] = meta?.content.split(' ') ?? []

export const origins = {
  /** The origin of the page, and of peers of the same origin. */
  page,
  /** The same files at another origin; none where they were built and are served from one place. */
  other,
}

/** The document of an iframe or a popup, at this origin. */
export function peerAddress(origin: string): URL {
  const { pathname } = new URL('peer.html', location.href)
  return new URL(pathname, origin)
}
