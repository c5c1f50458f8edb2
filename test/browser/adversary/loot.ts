/** All that an adversary got. */
import { isOrder, type Shot } from './orders.ts'

/** Everything in a value, as text: no byte may hide in a Map, a buffer or an error. */
export function everythingIn(value: unknown, seen = new Set<unknown>()): string {
  if (typeof value !== 'object' || value === null) return String(value)
  if (seen.has(value)) return ''
  seen.add(value)
  const parts: unknown[] = [Object.prototype.toString.call(value)]
  if (value instanceof ArrayBuffer) parts.push(new TextDecoder().decode(value))
  else if (ArrayBuffer.isView(value)) parts.push(new TextDecoder().decode(value))
  else if (value instanceof Map || value instanceof Set) parts.push(...value.entries())
  else if (value instanceof Date) parts.push(value.getTime())
  else if (value instanceof Error) parts.push(value.message, value.stack, value.cause)
  for (const key of Reflect.ownKeys(value)) parts.push(key, Reflect.get(value, key))
  return parts.map((part) => everythingIn(part, seen)).join(' ')
}

export interface Loot {
  readonly take: (data: unknown, ports?: readonly MessagePort[]) => void
  readonly all: () => readonly string[]
}

/** Collects what comes, and what comes by ports that come. */
export function createLoot(): Loot {
  const got: string[] = []
  const take = (data: unknown, ports: readonly MessagePort[] = []): void => {
    if (isOrder(data)) return
    got.push(everythingIn([data, ports.length]))
    for (const port of ports) port.onmessage = (event) => take(event.data, event.ports)
  }
  return { take, all: () => got }
}

/** Post all of these; what the browser itself refuses was no attack. */
export function shootAll(
  shots: readonly Shot[],
  take: Loot['take'],
  post: (message: unknown, transfer: Transferable[]) => void,
): void {
  for (const shot of shots) {
    const { whole, transfer } = arm(shot, take)
    try {
      post(whole, transfer)
    } catch (error) {
      // In a worker the stack is short.
      if (!shot.levels) throw error
    }
  }
}

/** Make of a shot what is to be posted: around it what cannot be sent, in it a port whose other end is listened to. */
function arm(
  { message, port, levels }: Shot,
  heard: (data: unknown, ports: readonly MessagePort[]) => void,
): { readonly whole: unknown; readonly transfer: Transferable[] } {
  if (levels) {
    let value = message
    for (let i = 0; i < levels; i++) value = [value]
    return { whole: { jsonrpc: '2.0', id: 1, method: 'note', params: value }, transfer: [] }
  }
  if (!port) return { whole: message, transfer: [] }
  const { port1, port2 } = new MessageChannel()
  port1.onmessage = ({ data, ports }) => heard(data, ports)
  const { params } = Object(message) as { readonly params?: object }
  const whole = port === 'message' ? message : { ...Object(message), params: { ...params, port: port2 } }
  return { whole, transfer: [port2] }
}
