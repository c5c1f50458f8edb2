// Runs programs of a consumer: commands that end, servers, and pages in Chromium.
import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { delimiter, extname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { chromium } from 'playwright'
import { findBrowsers, launchOptions } from '../browsers.mjs'

const isWindows = process.platform === 'win32'
const DEADLINE = 2 * 60_000
const running = new Set()

/** Start a command line of `folder`, with the tools that are installed there; `engines` are paths by name. */
function start(line, folder, engines) {
  const [name, ...words] = line.split(' ')
  const program = name === 'node' ? process.execPath : (engines[name] ?? name)
  const env = { ...process.env, CI: 'true', NEXT_TELEMETRY_DISABLED: '1', NO_COLOR: '1' }
  delete env.FORCE_COLOR
  delete env.NODE_OPTIONS
  delete env.NODE_ENV
  env.PATH = `${join(folder, 'node_modules/.bin')}${delimiter}${env.PATH}`
  const child = spawn(program, words, {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: !isWindows,
    shell: isWindows,
  })
  running.add(child)
  child.output = ''
  child.all = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text) => {
      child.all += text
      if (stream === child.stdout) child.output += text
    })
  child.ended = new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('close', (code, signal) => resolve(code ?? signal))
  })
  void child.ended.then(() => running.delete(child))
  return child
}

/** Run a command until it ends. @returns what it printed; throws where it fails. */
export async function runCommand(line, folder, engines) {
  const child = start(line, folder, engines)
  const timer = setTimeout(() => end(child), DEADLINE)
  const code = await child.ended
  clearTimeout(timer)
  if (code !== 0) throw new Error(`\`${line}\` ended with ${code}:\n${child.all.slice(-4_000)}`)
  return { stdout: child.output, all: child.all }
}

/** Start a server; `{port}` in its command is a free one. @returns where it answers, and how to stop it. */
export async function startServer(line, folder, engines) {
  const port = await freePort()
  const child = start(line.replace('{port}', port), folder, engines)
  const origin = `http://127.0.0.1:${port}`
  let code
  void child.ended.then((result) => (code = result))
  for (const until = Date.now() + DEADLINE; ; await wait(100)) {
    if (code !== undefined || Date.now() > until) {
      end(child)
      throw new Error(`\`${line}\` does not answer (${code}):\n${child.all.slice(-4_000)}`)
    }
    const answer = await fetch(origin).catch(() => undefined)
    if (answer?.ok) break
  }
  return { origin, stop: () => end(child) }
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address()
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** End a process and its children: `detached` made it the leader of a group. */
function end(child) {
  try {
    if (isWindows) child.kill()
    else if (child.pid) process.kill(-child.pid, 'SIGKILL')
  } catch (error) {
    if (error.code !== 'ESRCH') throw error
  }
}

const types = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
}

/** Serve the files of a folder. */
export async function serveFolder(folder) {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    const file = join(folder, pathname.endsWith('/') ? `${pathname}index.html` : pathname)
    readFile(file).then(
      (body) => response.writeHead(200, { 'content-type': types[extname(file)] ?? 'text/plain' }).end(body),
      () => response.writeHead(404).end(),
    )
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const stop = () => {
    server.close()
    server.closeAllConnections()
  }
  return { origin: `http://127.0.0.1:${server.address().port}`, stop }
}

let browser

/** A busy machine starts workers late. */
const LATE = /^portcall: The peer has not answered the handshake within/

/** Open a page. @returns the `count` lines that it prints; throws for an error, and where fewer come. */
export async function linesOfPage(url, count) {
  browser ??= await chromium.launch(launchOptions(await findBrowsers()).chromium)
  const page = await browser.newPage()
  const lines = []
  const problems = []
  try {
    // A development server may load the page again when it has found what to prepare.
    page.on('framenavigated', (frame) => {
      if (frame === page.mainFrame()) lines.length = 0
    })
    page.on('pageerror', (error) => problems.push(String(error)))
    page.on('console', (message) => {
      if (message.type() === 'log') lines.push(message.text())
      if (['error', 'warning'].includes(message.type()) && !LATE.test(message.text()))
        problems.push(message.text())
    })
    await page.goto(url)
    const until = Date.now() + 60_000
    while (lines.length < count && problems.length === 0 && Date.now() < until) await wait(50)
  } finally {
    await page.close()
  }
  if (problems.length > 0) throw new Error(`${url} printed errors:\n${problems.join('\n')}`)
  return lines
}

/** End what still runs. */
export async function stopAll() {
  for (const child of running) end(child)
  await browser?.close()
}
