/**
 * Which origins are let in: an exact origin, a list, a host pattern, or a function. Nothing here is turned into a RegExp.
 */

/**
 * An origin (`https://widget.example`), a pattern for subdomains (`https://*.example.com`), `*` for any, a list of these, or
 * a function of the origin.
 */
export type OriginOption = string | readonly string[] | ((origin: string) => boolean)

/** An origin option, understood. */
export interface AllowedOrigins {
  readonly allows: (origin: string) => boolean
  /** The origins that can be named as a targetOrigin; undefined: some cannot be known before they speak. */
  readonly exact: readonly string[] | undefined
}

/** The origin of opaque documents (sandboxed, `data:`), as events tell it. */
export const OPAQUE = 'null'

type Rule = { readonly allows: (origin: string) => boolean; readonly exact?: string }

/**
 * Understand an origin option.
 * @throws TypeError for a RegExp, an origin without scheme, an opaque origin, and anything else that would let in nobody
 * or too many; the message says what to write.
 */
export function parseOrigins(option: OriginOption): AllowedOrigins {
  if (typeof option === 'function') return { allows: (origin) => option(origin) === true, exact: undefined }
  const rules = [option].flat().map(parseOrigin)
  if (!rules.length) throw new TypeError('An empty list of origins lets in nobody: write which may be there')
  const exact = rules.map((rule) => rule.exact)
  return {
    allows: (origin) => rules.some((rule) => rule.allows(origin)),
    exact: exact.every((origin) => origin !== undefined) && exact.length ? exact : undefined,
  }
}

function parseOrigin(text: unknown): Rule {
  if (text instanceof RegExp)
    throw new TypeError(
      `A RegExp lets in look-alikes: write origin: (origin) => ${text}.test(origin), anchored with ^ and $`,
    )
  if (text === '*') return { allows: (origin) => origin !== OPAQUE }
  const [, scheme, host] = /^([a-z][a-z\d+.-]*:\/\/)\*\.([^*]+)$/i.exec(String(text)) ?? []
  const url = parse(scheme && host ? scheme + host : text)
  if (!url || url.origin === OPAQUE)
    throw new TypeError(
      `${JSON.stringify(text)} is no origin: write 'https://widget.example', 'https://*.example.com' or '*'`,
    )
  if (!host) return { allows: (origin) => origin === url.origin, exact: url.origin }
  return {
    allows: (origin) => {
      const theirs = parse(origin)
      return (
        theirs?.protocol === url.protocol &&
        theirs.port === url.port &&
        theirs.hostname.endsWith(`.${url.hostname}`)
      )
    },
  }
}

function parse(text: unknown): URL | undefined {
  try {
    return typeof text === 'string' && !text.includes('*') ? new URL(text) : undefined
  } catch {
    return undefined
  }
}
