/** Serves the browser tests as bundles: a browser then needs no more than one request for each script. */
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join, normalize } from 'node:path'
import type { TestProject } from 'vitest/node'
import { setup } from '../browser/servers.ts'
import { bundle, root } from './bundling.ts'
import type { Orders, Outcome } from './inside/running.ts'

export interface PageServer {
  /** Where a page runs test files. */
  readonly addressOf: (files: readonly string[]) => string
  stop(): void
}

const PAGE = '<!doctype html><meta charset="utf-8"><title>Tests</title><body>'
const types: Readonly<Record<string, string>> = {
  ts: 'text/javascript',
  html: 'text/html',
  xhtml: 'application/xhtml+xml',
}

export async function servePages(
  tests: readonly string[],
  orders: Omit<Orders, 'provided'>,
  tell: (outcome: Outcome) => void,
): Promise<PageServer> {
  const provided: Record<string, unknown> = {}
  const stopServers = await setup({
    provide: (key: string, value: unknown) => (provided[key] = value),
  } as unknown as TestProject)
  const bundles = new Map<string, Promise<string>>()
  const urlOf = (path: string): string => `new URL(${JSON.stringify(`/${path}`)}, location.origin).href`
  const bundled = (path: string): Promise<string> => {
    const known = bundles.get(path) ?? bundle(path, { platform: 'browser', urlOf, tests })
    bundles.set(path, known)
    return known
  }

  const respond = async (path: string, body: () => Promise<string>): Promise<[string, string]> => {
    if (path === '/')
      return ['html', `${PAGE}<script type="module" src="/test/engines/inside/page.ts"></script>`]
    if (path === '/orders') return ['json', JSON.stringify({ ...orders, provided })]
    if (path === '/outcomes') {
      for (const outcome of JSON.parse(await body()) as Outcome[]) tell(outcome)
      return ['json', '']
    }
    const file = normalize(path).slice(1)
    if (!file.startsWith('test/')) throw new Error(`There is no ${path}`)
    return file.endsWith('.ts')
      ? ['ts', await bundled(file)]
      : [file, await readFile(join(root, file), 'utf8')]
  }
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '', 'http://127.0.0.1')
    const body = async (): Promise<string> => Buffer.concat(await request.toArray()).toString()
    respond(pathname, body).then(
      ([kind, text]) => {
        const type = types[kind.slice(kind.lastIndexOf('.') + 1)] ?? 'application/json'
        response.writeHead(200, { 'content-type': type }).end(text)
      },
      () => response.writeHead(404).end(),
    )
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    addressOf: (files) => `http://127.0.0.1:${port}/?${new URLSearchParams({ files: files.join() })}`,
    stop() {
      stopServers()
      server.close()
      server.closeAllConnections()
    },
  }
}
