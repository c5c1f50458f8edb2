import { createRequest, rpcOf, windowTransport } from 'portcall'
import { origins } from '../origins.ts'
import { byId, h } from '../ui/dom.ts'
import { toText } from '../ui/text.ts'
import { openDoors } from './doors.ts'

const target: Window = window.opener ?? parent
const origin = origins.page
if (target === window) location.replace(origin)

const title = byId('title', HTMLElement)
const state = byId('state', HTMLElement)
const heard = byId('heard', HTMLElement)
const buttons = byId('buttons', HTMLElement)
const said = byId('said', HTMLElement)

title.textContent = window.opener ? 'A popup' : 'An iframe'
byId('origin', HTMLElement).textContent = location.origin

let calls = 0
let isDrawn = true
const { page, rpc, events, callbacks } = openDoors(
  {
    transport: windowTransport(target, { origin }),
    channel: { transport: windowTransport(target, { origin }), channel: 'rpc' },
    events: { currentEndpoint: window, targetEndpoint: target, config: { targetOrigin: origin } },
    page: { window: target, origin },
  },
  (method, params) => {
    calls++
    if (isDrawn) requestAnimationFrame(() => draw(method, params))
    isDrawn = false
  },
)

function draw(method: string, params: unknown): void {
  isDrawn = true
  const args = Array.isArray(params) ? params.map((param) => toText(param)).join(', ') : toText(params ?? '')
  heard.textContent = `Called ${calls.toLocaleString('en')} times, last ${method}(${args})`
}

rpcOf(page).onPeer((peer) => {
  state.dataset['state'] = peer
  state.textContent = peer === 'connected' ? 'connected with the page' : peer
})
new ResizeObserver(() => events.emit('resize', document.documentElement.offsetHeight)).observe(
  document.documentElement,
)
events.on('theme', (theme: string) => (document.documentElement.dataset['theme'] = theme))

const ways: readonly (readonly [string, string, () => unknown])[] = [
  ['wrap', 'page.viewport()', () => page.viewport()],
  ['RPC', "rpc.invoke('Page.title')", () => rpc.invoke('Page.title')],
  ['event', "event.emit('pong', 'hi')", () => events.emit('pong', 'hi')],
  [
    'createConnection',
    "send(createRequest('page.answer', 'How are you?'), …)",
    () =>
      new Promise((resolve) =>
        callbacks?.send(createRequest('page.answer', 'How are you?'), ({ payload }) => resolve(payload)),
      ),
  ],
]

for (const [name, code, call] of ways)
  buttons.append(h('button', { type: 'button', onclick: () => void show(code, call) }, name))

async function show(code: string, call: () => unknown): Promise<void> {
  const result = await Promise.resolve(call()).then(
    (value) => (value === undefined ? 'sent' : toText(value)),
    (error: unknown) => String(error),
  )
  said.textContent = `${code} → ${result}`
}
