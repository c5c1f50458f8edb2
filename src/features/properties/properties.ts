/** The feature `properties`: `get` and `set` of what was passed by `proxy()`. */
import type { IncomingCall } from '../../peer/context.ts'
import { isReserved, levelsOf } from '../../peer/methods.ts'
import { nodeOf } from '../../peer/remote.ts'
import type { Hooks, Peer } from '../../peer/seam.ts'
import { runUser } from '../../protocol/boundary.ts'
import { METHOD_NOT_FOUND, RPCError } from '../../protocol/errors.ts'
import { among, encoding } from '../encoding/encoding.ts'
import { ANYWHERE } from '../ranks.ts'
import { isProxied, mayBeSet, type Reference, referenceOf, references } from '../references/references.ts'

const referenceTo = (remote: object): Reference => {
  const reference = referenceOf(remote)
  if (reference && !nodeOf(remote)?.path) return reference
  throw new TypeError('get() and set() take what was passed by proxy(), and no member of it')
}

/**
 * Read a property of an object that the peer passed by `proxy()`: an own one, or an accessor of its class. What it holds
 * is copied; objects, functions and whatever else crosses by reference or moves must have been passed by `proxy()`, too.
 */
export function get<T = unknown>(remote: object, name: string): Promise<T> {
  return referenceTo(remote).request('rpc.get', [name]) as Promise<T>
}

/** Write a property of an object that the peer passed by `proxy(object, { writable: [name] })`. */
export function set(remote: object, name: string, value: unknown): Promise<void> {
  return referenceTo(remote).request('rpc.set', [name, value]) as Promise<void>
}

export function properties(peer: Peer): Hooks {
  const { exported } = peer.need(references)
  peer.need(encoding).provide('properties')

  const targetFor = (id: unknown, name: unknown): object => {
    const entry = exported(id)
    if (isProxied(entry) && typeof name === 'string' && isReachable(name)) return entry.target
    throw notFound(name)
  }

  // A remote of another connection: its owner says what may be reached.
  const passedOnBy = (id: unknown, name: unknown): { target: object; reference: Reference } | undefined => {
    const { target } = exported(id)
    const reference = referenceOf(target)
    return reference && !nodeOf(target)?.path && typeof name === 'string' && isReachable(name)
      ? { target, reference }
      : undefined
  }

  // User code may run, so hooks see it as a call.
  const run = (
    call: IncomingCall,
    about: Pick<IncomingCall, 'target' | 'method' | 'params' | 'access'>,
    step: (value?: unknown) => unknown,
  ): unknown => peer.handle(step, Object.assign(call, about))

  return {
    name: 'properties',
    rank: ANYWHERE,
    among,
    requests: {
      'rpc.get': ([id, method]: [unknown, string], call) => {
        const passedOn = passedOnBy(id, method)
        if (passedOn)
          return run(call, { target: passedOn.target, method, params: [], access: 'get' }, async () => {
            const value = await passedOn.reference.request('rpc.get', [method])
            // Its owner has let it out.
            call.access = 'call'
            return value
          })
        const target = targetFor(id, method)
        if (!isProperty(target, method)) throw notFound(method)
        return run(call, { target, method, params: [], access: 'get' }, () =>
          runUser(Reflect.get, undefined, [target, method]),
        )
      },
      'rpc.set': ([id, method, value]: [unknown, string, unknown], call) => {
        const passedOn = passedOnBy(id, method)
        if (passedOn)
          return run(call, { target: passedOn.target, method, params: [value], access: 'set' }, (given) =>
            passedOn.reference.request('rpc.set', [method, given]),
          )
        const target = targetFor(id, method)
        // One that is not there yet may be named, too; an inherited one is not the object's.
        if (!mayBeSet(exported(id).passed, method) || (method in target && !isProperty(target, method)))
          throw notFound(method, ', or not named by proxy(object, { writable })')
        return run(call, { target, method, params: [value], access: 'set' }, (given) => {
          if (!runUser(Reflect.set, undefined, [target, method, given]))
            throw new TypeError(`The property \`${method}\` cannot be set`)
        })
      },
    },
  }
}

const notFound = (name: unknown, why = ''): RPCError =>
  new RPCError(METHOD_NOT_FOUND, `Property not found${why}: ${typeof name === 'string' ? name : typeof name}`)

const ofFunctions = ['prototype', 'caller', 'arguments']

const isReachable = (name: string): boolean =>
  !isReserved(name) && !name.startsWith('_') && !ofFunctions.includes(name)

// An own property, or an accessor of the user's classes.
function isProperty(target: object, name: string): boolean {
  if (Object.hasOwn(target, name)) return true
  for (const level of levelsOf(target)) {
    const found = Object.getOwnPropertyDescriptor(level, name)
    if (found && !('value' in found)) return true
  }
  return false
}
