/** Three extensions and a site: the one that is tested, one that it lists, one that it does not. */
import { createHash, generateKeyPairSync } from 'node:crypto'
import type { Frame, LaunchOptions, Page } from 'playwright'
import { bundlePart, type Launched, launchExtensions, pageOf } from './launching.ts'

/** How a call in the browser failed. */
export interface Failure {
  readonly code?: number
  readonly message: string
}

export interface Rig extends Launched {
  /** Of the second and the third. */
  readonly others: readonly string[]
  /** The same site by another name, which is not listed. */
  readonly stranger: string
  /** Stop the background worker. */
  readonly stopWorker: () => Promise<void>
}

export async function startRig(options?: LaunchOptions): Promise<Rig> {
  const [app = '', client = ''] = await Promise.all(['app', 'client'].map(bundlePart))
  const ours = keyAndId()
  const listed = keyAndId()
  const unlisted = keyAndId()
  const clientOf = (who: string, target = ''): string =>
    `const WHO = '${who}', TARGET = '${target}';\n${client}`
  const matches = ['http://127.0.0.1/*', 'http://localhost/*']
  const pages = {
    '/page': pageOf('/web.js'),
    '/framed': `${pageOf()}<iframe src="/inner"></iframe>`,
    '/inner': pageOf(),
    '/refuse-me': pageOf(),
    '/elsewhere': pageOf(),
    '/web.js': clientOf('web', ours.id),
  }
  // Which origin is listed is known when the site is.
  const launched = await launchExtensions(
    [
      {
        files: (origin) => ({
          'background.js': `const EXTERNAL = ['${origin}', '${listed.id}'];\n${app}`,
          'content.js': clientOf('content'),
          'page.js': clientOf('page'),
          'page.html': pageOf('page.js'),
          'popup.js': clientOf('popup'),
          'popup.html': pageOf('popup.js'),
        }),
        manifest: {
          key: ours.key,
          background: { service_worker: 'background.js' },
          action: { default_popup: 'popup.html' },
          host_permissions: matches,
          externally_connectable: { matches, ids: [listed.id, unlisted.id] },
          content_scripts: [
            { matches, exclude_matches: ['*://*/elsewhere'], js: ['content.js'], all_frames: true },
          ],
        },
      },
      {
        files: () => ({ 'page.js': clientOf('page', ours.id), 'page.html': pageOf('page.js') }),
        manifest: { key: listed.key },
      },
      {
        files: () => ({
          'page.js': clientOf('page', ours.id),
          'page.html': pageOf('page.js'),
          'content.js': clientOf('foreign', ours.id),
        }),
        manifest: { key: unlisted.key, content_scripts: [{ matches, js: ['content.js'] }] },
      },
    ],
    pages,
    options,
  )
  const { context, site } = launched
  return {
    ...launched,
    others: [listed.id, unlisted.id],
    stranger: site.origin.replace('127.0.0.1', 'localhost'),
    stopWorker: async () => {
      const [page = await context.newPage()] = context.pages()
      const session = await context.newCDPSession(page)
      await session.send('ServiceWorker.enable')
      await session.send('ServiceWorker.stopAllWorkers')
      await session.detach()
    },
  }
}

/** What an extension's id is made of, and the id. */
/** A key for a manifest, and the id that it gives. */
export function keyAndId(): { readonly key: string; readonly id: string } {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const der = publicKey.export({ type: 'spki', format: 'der' })
  // The digits of a hash, written a to p.
  const hex = createHash('sha256').update(der).digest('hex').slice(0, 32)
  const id = hex.replaceAll(/./g, (digit) => String.fromCharCode(97 + Number.parseInt(digit, 16)))
  return { key: der.toString('base64'), id }
}

/** Let one of the clients of a page do something. @returns what that gives; rejects as that does. */
export async function tell<T = unknown>(
  at: Page | Frame,
  who: string,
  name: string,
  ...args: unknown[]
): Promise<T> {
  await at.waitForFunction((one) => document.documentElement.dataset[one], who, { timeout: 60_000 })
  const text = await at.evaluate(
    ([to, detail]) =>
      new Promise<string>((resolve) => {
        const id = crypto.getRandomValues(new Uint32Array(2)).join('-')
        document.addEventListener(id, (event) => resolve((event as CustomEvent<string>).detail), {
          once: true,
        })
        document.dispatchEvent(
          new CustomEvent(`to ${to}`, { detail: JSON.stringify({ id, ...JSON.parse(detail) }) }),
        )
      }),
    [who, JSON.stringify({ name, args })] as const,
  )
  const { value, error } = JSON.parse(text) as { readonly value: T; readonly error?: Failure }
  if (error) throw Object.assign(new Error(error.message), error)
  return value
}
