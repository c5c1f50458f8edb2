/** Serves the pages of the window tests on three further loopback origins, with a bundle of `src` as it is now. */
import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'
import type { TestProject } from 'vitest/node'
import { listenSocketIo } from '../adapters/socket-io/listen.ts'
import { listenInThread } from '../adapters/websocket/in-thread.ts'
import { tolerateShortLivedFrames } from './windows/playwright.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Two of one site, and between them one of another. */
    readonly origins: readonly [string, string, string]
    /** A WebSocket server; its path says what runs behind each connection. */
    readonly sockets: string
    /** A socket.io server; its namespaces say what runs behind each socket. */
    readonly socketIo: string
    /** How many schedules of copies, and from which seed; 0: as the test says. */
    readonly copies: { readonly schedules: number; readonly seed: number }
  }
}

const folder = fileURLToPath(new URL('./windows/', import.meta.url))
const hosts = ['127.0.0.1', 'localhost', '127.0.0.1'] as const

/** Called once for each browser. @returns how to end it. */
export async function setup(project: TestProject): Promise<() => void> {
  tolerateShortLivedFrames()
  const page = await readFile(`${folder}page.xhtml`)
  const files = await readFiles()
  const servers = hosts.map(() => serve(page, files))
  const [a, b, c] = await Promise.all(servers.map(listen))
  if (a && b && c)
    project.provide('origins', [
      `http://${hosts[0]}:${a}`,
      `http://${hosts[1]}:${b}`,
      `http://${hosts[2]}:${c}`,
    ])
  const { COPIES_SCHEDULES, COPIES_SEED } = process.env
  project.provide('copies', { schedules: Number(COPIES_SCHEDULES ?? 0), seed: Number(COPIES_SEED ?? 0) })
  const sockets = await listenInThread()
  project.provide('sockets', sockets.url)
  const socketIo = await listenSocketIo()
  project.provide('socketIo', socketIo.url)
  return () => {
    sockets.close()
    socketIo.close()
    for (const server of servers) {
      server.close()
      server.closeAllConnections()
    }
  }
}

type Serve = (query: URLSearchParams) => string

/** The scripts, and the library as copies of it are loaded. */
async function readFiles(): Promise<ReadonlyMap<string, Serve>> {
  const script = await bundle(`${folder}page.ts`)
  const copies = await bundle(fileURLToPath(new URL('./copies/frame.ts', import.meta.url)))
  const worklet = await bundle(fileURLToPath(new URL('../realms/worklet.ts', import.meta.url)))
  const library = await bundle(fileURLToPath(new URL('../../src/index.ts', import.meta.url)))
  const published = await readFile(new URL('../fixtures/portcall-0.1.0.mjs', import.meta.url), 'utf8')
  return new Map<string, Serve>([
    ['/page.js', () => script],
    ['/copies.js', () => copies],
    ['/worklet.js', () => worklet],
    [
      '/copy.js',
      (query) =>
        query.get('kind') === 'published'
          ? published
          : query.get('kind') === 'alone'
            ? library.replaceAll('portcall.endpoints.1', `portcall.endpoints.1 of ${query.get('n')}`)
            : library,
    ],
  ])
}

async function bundle(input: string): Promise<string> {
  const build = await rolldown({ input, platform: 'browser' })
  const { output } = await build.generate({ format: 'esm' })
  await build.close()
  return output[0].code
}

const COPIES = '<!doctype html><meta charset="utf-8"><script type="module" src="/copies.js"></script>'

const serve = (page: Buffer, files: ReadonlyMap<string, Serve>): Server =>
  createServer(({ url = '' }, response) => {
    const { pathname, searchParams } = new URL(url, 'http://localhost')
    const late = Number(searchParams.get('late'))
    if (pathname === '/made') {
      const { status = 200, headers = {}, body = '' } = JSON.parse(searchParams.get('as') ?? '{}') as Made
      response.writeHead(status, { 'content-type': 'text/html', ...headers })
      return void setTimeout(() => response.end(body), late).unref()
    }
    const isPage = pathname === '/page'
    if (pathname === '/copies') return response.writeHead(200, { 'content-type': 'text/html' }).end(COPIES)
    if (pathname === '/coop')
      return response
        .writeHead(200, { 'content-type': 'text/html', 'cross-origin-opener-policy': 'same-origin' })
        .end('<!doctype html>')
    const script = files.get(pathname)?.(searchParams) ?? ''
    if (!isPage && !script) return response.writeHead(404).end()
    response.writeHead(200, {
      'content-type': isPage ? 'application/xhtml+xml' : 'text/javascript',
      ...(pathname === '/copy.js' && { 'cache-control': 'max-age=600' }),
      // A page of an opaque origin is a stranger to its own server.
      'access-control-allow-origin': '*',
    })
    setTimeout(() => response.end(isPage ? page : script), late)
  })

/** What a test wants served at `/made?as=…`. */
export interface Made {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

const listen = (server: Server): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })
