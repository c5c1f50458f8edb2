import { once } from 'node:events'
import { createServer } from 'node:http'
import { gzipSync } from 'node:zlib'
import { bundleCode, bundleFile } from '../bundle.mjs'
import { codeAlone } from './alone.mjs'

const page = (script) => ({
  type: 'text/html',
  body: `<!doctype html><meta charset=utf-8><title>bench</title><body><script type=module src=/${script}.js></script>`,
})

/**
 * Bundle the browser's sides as an application would, and serve them on two free loopback ports.
 * @param next gives what the page is to measure, or null at the end; `done` gets what it measured; `alone` names peers that have
 * bundles of their own, too.
 */
export async function serveSides({ next, done, alone = [] }) {
  const files = new Map([
    ['/', page('page')],
    ['/host', page('host')],
    ['/frame', page('frame')],
    ['/alone/frame', page('alone/frame')],
  ])
  for (const side of ['page', 'host', 'frame', 'worker'])
    files.set(`/${side}.js`, {
      type: 'text/javascript',
      body: await bundleFile(new URL(`${side}.mjs`, import.meta.url)),
    })
  const codes = new Map()
  for (const name of alone) {
    for (const side of ['near', 'frame'])
      codes.set(`${name} ${side} frames`, await bundleCode(codeAlone[side](name)))
    for (const side of ['near', 'worker'])
      codes.set(`${name} ${side}`, await bundleCode(codeAlone[side](name), 'browser', {}, false))
  }

  let count = 0
  /** Serve the bundles of one peer, compressed, and each time as new, so that the browser has compiled nothing of them before. */
  const serveAlone = (name, act) => {
    count++
    for (const side of ['near', 'worker', 'frame'])
      files.set(`/alone/${side}.js`, {
        type: 'text/javascript',
        encoding: 'gzip',
        body: gzipSync(`/*${count}*/${codes.get(`${name} ${side} ${act}`) ?? codes.get(`${name} ${side}`)}`),
      })
  }

  const answer = async (request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost')
    if (request.method === 'POST') {
      const body = JSON.parse(await text(request))
      const value = pathname === '/next' ? await next(body) : done(body)
      return response
        .writeHead(200, { 'Content-Type': 'application/json' })
        .end(JSON.stringify(value ?? null))
    }
    const file = files.get(pathname)
    response.writeHead(file ? 200 : 404, {
      'Content-Type': file?.type ?? 'text/plain',
      'Cache-Control': 'no-store',
      ...(file?.encoding && { 'Content-Encoding': file.encoding }),
    })
    response.end(file?.body)
  }
  const servers = []
  for (let i = 0; i < 2; i++) {
    const server = createServer((request, response) => {
      answer(request, response).catch((error) => response.writeHead(500).end(String(error)))
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    servers.push(server)
  }
  const [port, otherPort] = servers.map((server) => server.address().port)
  return {
    serveAlone,
    origins: {
      same: `http://127.0.0.1:${port}`,
      /** Another origin of the same site, which browsers keep in the same process. */
      other: `http://127.0.0.1:${otherPort}`,
      site: `http://localhost:${otherPort}`,
    },
    close() {
      for (const server of servers) {
        server.close()
        server.closeAllConnections()
      }
    },
  }
}

async function text(request) {
  const chunks = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}
