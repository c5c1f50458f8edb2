/** The feature `properties`: `get` and `set` of what was passed by `proxy()`. */
import { isReserved } from '../../peer/methods.ts'
import { nodeOf } from '../../peer/remote.ts'
import type { Hooks, Peer } from '../../peer/seam.ts'
import { METHOD_NOT_FOUND, RPCError } from '../../protocol/errors.ts'
import { isObject } from '../../protocol/guards.ts'
import { among, encoding } from '../encoding/encoding.ts'
import { ANYWHERE } from '../ranks.ts'
import { isProxied, type Reference, referenceOf, references } from '../references/references.ts'

const member = (remote: object): [reference: Reference, prefix: string] => {
  const reference = referenceOf(remote)
  if (!reference) throw new TypeError('get() and set() take a remote of an object that was passed by proxy()')
  const path = nodeOf(remote)?.path
  return [reference, path ? `${path}.` : '']
}

/** Read a property of an object that the other side passed by `proxy()`: an own one, or an accessor of its class. */
export function get<T = unknown>(remote: object, name: string): Promise<T> {
  const [reference, prefix] = member(remote)
  return reference.request('rpc.get', [prefix + name]) as Promise<T>
}

/** Write a property of an object that the other side passed by `proxy()`: an own one, or an accessor of its class. */
export async function set(remote: object, name: string, value: unknown): Promise<void> {
  const [reference, prefix] = member(remote)
  await reference.request('rpc.set', [prefix + name, value])
}

export function properties(peer: Peer): Hooks {
  const { exported } = peer.need(references)
  peer.need(encoding).provide('properties')
  const property = (id: unknown, path: unknown): Property => {
    const entry = exported(id)
    let target: unknown = isProxied(entry) ? entry.target : undefined
    const names = typeof path === 'string' ? path.split('.') : []
    for (const [i, name] of names.entries()) {
      const found = isObject(target) || typeof target === 'function' ? propertyOf(target, name) : undefined
      if (!found) break
      if (i === names.length - 1) return found
      target = found.get()
    }
    throw new RPCError(METHOD_NOT_FOUND, `Property not found: ${names.join('.')}`)
  }

  return {
    name: 'properties',
    rank: ANYWHERE,
    among,
    requests: {
      'rpc.get': ([id, path]: unknown[]) => property(id, path).get(),
      'rpc.set': ([id, path, value]: unknown[]) => property(id, path).set(value),
    },
  }
}

interface Property {
  readonly get: () => unknown
  readonly set: (value: unknown) => void
}

// An own property, or an accessor of the class chain below Object.prototype.
function propertyOf(target: object, name: string): Property | undefined {
  if (isReserved(name) || name.startsWith('_')) return undefined
  let level: object | null = target
  while (level && level !== Object.prototype && level !== Function.prototype) {
    const found = Object.getOwnPropertyDescriptor(level, name)
    if (found && (level === target || found.get || found.set))
      return {
        get: () => Reflect.get(target, name) as unknown,
        set: (value) => {
          if (!Reflect.set(target, name, value)) throw new TypeError(`The property \`${name}\` cannot be set`)
        },
      }
    level = Object.getPrototypeOf(level) as object | null
  }
  return undefined
}
