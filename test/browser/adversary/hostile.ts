/** A hostile page: it does what it is told, and keeps all that it gets. */
import { createLoot, shootAll } from './loot.ts'
import { give, obeyOrders, type Order, type Path } from './orders.ts'

// Made by the page before this script ran.
declare const arrived: MessageEvent[]

const loot = createLoot()
let popup: Window | null = null
const popups: (Window | null)[] = []

const find = (path: Path): Window =>
  path.reduce<unknown>(
    (from, key) => (key === 'popup' ? popup : Reflect.get(Object(from), key)),
    window,
  ) as Window

/** What a page may try with a window that is not its own; most of it the browser refuses, and then it throws. */
const deeds: Record<string, (target: Window) => unknown> = {
  'reads its document': (target) => target.document.title,
  'reads its address': (target) => target.location.href,
  'reads its storage': (target) => target.localStorage.length,
  'overwrites its postMessage': (target) => Reflect.set(target, 'postMessage', () => {}),
  'overwrites its addEventListener': (target) => Reflect.set(target, 'addEventListener', () => {}),
  'defines a global there': (target) => Object.defineProperty(target, 'process', { value: {} }),
  'sets its onmessage': (target) => Reflect.set(target, 'onmessage', () => {}),
  'sets its name': (target) => Reflect.set(target, 'name', 'process'),
  'dispatches a message event there': (target) =>
    target.dispatchEvent(new MessageEvent('message', { data: { jsonrpc: '2.0', method: 'note' } })),
  'posts a module that it cannot read': (target) =>
    target.postMessage(new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0)), '*'),
}

const names = [
  'process',
  'portcall',
  'navigator',
  'AbortSignal',
  'DedicatedWorkerGlobalScope',
  '{"jsonrpc":"2.0"}',
]

function meddle(targets: readonly Window[]): string[] {
  const done: string[] = []
  for (const name of names) window.name = name
  window.name = 'process'
  for (const [what, deed] of Object.entries(deeds))
    for (const target of targets)
      try {
        deed(target)
        done.push(what)
      } catch {}
  return [...new Set(done)]
}

obeyOrders((order: Order) => {
  switch (order.do) {
    case 'shoot':
      for (const target of order.at.map(find))
        shootAll(order.shots, loot.take, (message, ports) => target.postMessage(message, '*', ports))
      return undefined
    case 'meddle':
      return meddle(order.at.map(find))
    case 'loot':
      for (const { data, ports } of arrived.splice(0)) loot.take(data, ports)
      return loot.all()
    case 'embed': {
      const frame = document.createElement('iframe')
      frame.src = order.src
      document.body.append(frame)
      return undefined
    }
    case 'open':
      popups.push((popup = window.open(order.src, '', 'width=300,height=200')))
      addEventListener('pagehide', () => popups.forEach((one) => one?.close()))
      return popup !== null
    case 'navigate':
      find(order.at).location = order.to
      return undefined
    case 'pass':
      return give(find(order.at), order.order)
    default:
      throw new Error(`A page does not ${order.do}`)
  }
})
