/** The script of the pages that the window tests open: it runs what its address says, and does what it is asked to. */
import { type Transport, windowTransport } from '../../../src/index.ts'
import { answerPlainly } from '../../contract/plain.ts'
import { bare, type Behind, run } from '../../windows/medium.ts'
import {
  type Answer,
  type Ask,
  asText,
  type Command,
  type Noted,
  type PageOptions,
  type Post,
  type Posted,
  type Ready,
  type Seen,
  type Start,
} from './protocol.ts'
import { spyOn } from './spy.ts'

// Made by the page before this script ran.
declare const arrived: MessageEvent[]

const me = crypto.getRandomValues(new Uint32Array(2)).join('-')
const { starts = [], late = 0 } = JSON.parse(decodeURIComponent(location.hash.slice(1))) as PageOptions
let running: Behind[] = []
const spies: { readonly posted: Posted[] }[] = []
const transports: Transport[] = []
const heard: string[] = []
const noted: Noted[] = []

const isAsk = (data: unknown): data is Ask => typeof (Object(data) as Partial<Ask>).ask === 'number'

addEventListener('message', ({ data, source }) => {
  if (isAsk(data)) source?.postMessage(answer(data), { targetOrigin: '*' })
})

function answer({ ask, command }: Ask): Answer {
  try {
    return { answers: ask, value: obey(command) }
  } catch (error) {
    return { answers: ask, value: undefined, error: String(error) }
  }
}

function obey(command: Command): unknown {
  switch (command.do) {
    case 'start':
      return start(command.start)
    case 'stop':
      for (const { stop } of running) stop()
      running = []
      return undefined
    case 'call':
      running
        .at(-1)
        ?.rpc?.invoke(command.method, command.params)
        .catch(() => {})
      return undefined
    case 'post':
      return post(command)
    case 'seen':
      return arrived.filter(({ data }) => !isAsk(data)).map(describe)
    case 'posted':
      return spies.flatMap(({ posted }) => posted)
    case 'heard':
      return heard
    case 'noted':
      return noted
    case 'connection':
      return running.at(-1)?.rpc?.connection
    case 'say':
      return transports.at(-1)?.post(command.message === 'a module' ? makeModule() : command.message)
    case 'reload':
      return location.reload()
    case 'go':
      return location.assign(command.to)
    case 'embed':
      return embed(command.src)
    case 'close':
      return window.close()
  }
}

function embed(src: string): void {
  const element = document.createElementNS('http://www.w3.org/1999/xhtml', 'iframe') as HTMLIFrameElement
  element.src = src
  document.documentElement.append(element)
}

/** A message that a page of another origin cannot read. */
const makeModule = (): unknown => new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0))

function start({ kind, at, channel, spy = false, origin, ...options }: Start): void {
  const real = at === 'parent' ? parent : (opener as Window)
  if (kind === 'plain' && options.raw) return startPlain(real, String(origin))
  const stand = spy ? spyOn(real) : { window: real, posted: [] }
  spies.push(stand)
  const base = windowTransport(stand.window, {
    ...options,
    origin: origin === 'any' ? () => true : origin,
  })
  const transport = noting(bare((channel ? base.openChannel?.(channel) : base) ?? base))
  transports.push(transport)
  running.push(run(kind, transport, { whoami: () => me }))
}

/** As somebody does who has never heard of portcall. */
function startPlain(to: Window, allowed: string): void {
  const back = { postMessage: (message: unknown): void => to.postMessage(message, allowed) }
  const listener = ({ source, origin, data }: MessageEvent): void => {
    if (source === to && origin === allowed && Object(data).jsonrpc === '2.0') answerPlainly(back, data)
  }
  addEventListener('message', listener)
  running.push({ stop: () => removeEventListener('message', listener) })
}

const noting = (transport: Transport): Transport => ({
  ...transport,
  listen: (to) =>
    transport.listen({
      ...to,
      refused: (origin) => {
        noted.push({ refused: origin })
        to.refused(origin)
      },
      unreadable: (reason) => {
        noted.push({ unreadable: Object.prototype.toString.call(reason) })
        to.unreadable(reason)
      },
    }),
})

const describe = ({ type, origin, data, ports }: MessageEvent): Seen => ({
  type,
  origin,
  data: asText(data),
  ports: ports.length,
})

function post({ at, message, to, port }: Post): void {
  const target = at.reduce<unknown>((from, key) => Reflect.get(Object(from), key), window) as Window
  if (!port) return target.postMessage(message, to)
  const { port1, port2 } = new MessageChannel()
  port1.onmessage = ({ data }) => heard.push(asText(data))
  const { params } = Object(message) as { params?: object }
  const whole = port === 'message' ? message : { ...Object(message), params: { ...params, port: port2 } }
  target.postMessage(whole, to, [port2])
}

// A page of the test page's own origin can be reached into: what is made there belongs there.
Object.assign(window, { windowTransport })

const begin = (): void => {
  // Whoever was asked to start by then has started.
  if (!running.length) for (const one of starts) start(one)
  const ready: Ready = { ready: me }
  const near = opener ?? parent
  near.postMessage(ready, '*')
}
if (late > 0) setTimeout(begin, late)
else begin()
