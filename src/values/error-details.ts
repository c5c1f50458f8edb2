/**
 * What of an error crosses between portcall peers besides code, message and data, and how it becomes an error again. Pure:
 * nothing here sends. It travels as one more member `details` of the error object (docs/wire.md, "details"). Nothing is
 * assigned that is not on a list here.
 */
import { RPCError, toErrorObject } from '../protocol/errors.ts'
import { isObject, tagOf } from '../protocol/guards.ts'
import type { RPCErrorObject } from '../protocol/messages.ts'
import { isPlainData } from './look.ts'

/**
 * How much of a thrown error the other side gets. `message`: its name; `fields`: also its cause and its own enumerable
 * fields; `stack`: also its stack.
 */
export type ErrorDetail = 'message' | 'fields' | 'stack'

interface Details {
  readonly name: string
  /** It is a DOMException, whose name is not its class. */
  readonly dom?: true
  /** Errors that this one holds; each an error object with details, or any other value as `value`. */
  readonly cause?: Inner
  readonly errors?: readonly Inner[]
  readonly fields?: { readonly [name: string]: unknown }
  readonly stack?: string
}

type Detailed = RPCErrorObject & { readonly details?: Details }
type Inner = Detailed | { readonly value: unknown }

/** A class of errors that can be rebuilt: its prototype is used, its constructor is not run. */
export interface ErrorClass {
  readonly name: string
  readonly prototype: Error
}

const MAX_CAUSES = 8
const MAX_ERRORS = 100
const MAX_FIELD_DEPTH = 32

const classes = new Map<string, ErrorClass>(
  [Error, TypeError, RangeError, SyntaxError, ReferenceError, EvalError, URIError, RPCError].map((known) => [
    known.name,
    known,
  ]),
)

/**
 * Let errors of this class arrive as such, with `instanceof`. Both sides register it; its fields cross by the option `errors`.
 * @returns a function that takes it back.
 * @throws TypeError for a name that is registered already.
 */
export function registerError(errorClass: ErrorClass): () => void {
  const { name } = errorClass
  if (classes.has(name)) throw new TypeError(`An error class \`${name}\` is registered already`)
  classes.set(name, errorClass)
  return () => void classes.delete(name)
}

const isError = (value: unknown): value is Error =>
  value instanceof Error || ['Error', 'DOMException'].includes(tagOf(value))

const isSendable = (value: unknown): boolean => {
  try {
    if (!isPlainData(value, MAX_FIELD_DEPTH)) return false
    structuredClone(value)
    return true
  } catch {
    return false
  }
}

/** A thrown value → the error object for a portcall peer. Getters, proxies and values that cannot be sent are left out. */
export function toDetailedError(thrown: unknown, detail: ErrorDetail, depth = 0): Detailed {
  const error = toErrorObject(thrown)
  try {
    if (!isError(thrown)) return error
    return { ...error, details: detailsOf(thrown, detail, depth) }
  } catch {
    return error
  }
}

function detailsOf(error: Error, detail: ErrorDetail, depth: number): Details {
  const base = { name: String(error.name), ...(tagOf(error) === 'DOMException' && { dom: true as const }) }
  if (detail === 'message') return base
  const own = Object.getOwnPropertyDescriptors(error) as Record<string, PropertyDescriptor>
  const fields: Record<string, unknown> = {}
  for (const [key, field] of Object.entries(own))
    if (field.enumerable && 'value' in field && mayBeField(key) && isSendable(field.value))
      fields[key] = field.value
  const inner = (value: unknown): Inner =>
    isError(value) && depth < MAX_CAUSES
      ? toDetailedError(value, detail, depth + 1)
      : { value: isSendable(value) ? value : undefined }
  const errors: unknown = own['errors']?.value
  return {
    ...base,
    ...(own['cause']?.value !== undefined && { cause: inner(own['cause'].value) }),
    ...(error instanceof AggregateError &&
      Array.isArray(errors) && { errors: errors.slice(0, MAX_ERRORS).map(inner) }),
    ...(Object.keys(fields).length && { fields }),
    ...(detail === 'stack' && typeof error.stack === 'string' && { stack: error.stack }),
  }
}

// What an error has by its class, and what must not be set by anybody else.
const mayBeField = (key: string): boolean =>
  !['code', 'message', 'data', 'name', 'stack', 'cause', 'errors', 'then'].includes(key) &&
  !(key in Object.prototype)

/**
 * The error object of a portcall peer → an error of its class: a built-in one, a registered one, else an RPCError of that
 * name. It has `code`, `message` and, where there is any, `data`, whatever its class.
 */
export function fromDetailedError(object: unknown): Error {
  const { code, message, data } = toErrorObject(object)
  const { details } = Object(object) as { readonly details?: unknown }
  const known = isObject(details) ? (details as Partial<Record<keyof Details, unknown>>) : {}
  const error = construct(typeof known.name === 'string' ? known.name : 'RPCError', message, known)
  define(error, 'code', code, true)
  if (data !== undefined) define(error, 'data', data, true)
  if (isObject(known.fields))
    for (const [key, { value }] of Object.entries(Object.getOwnPropertyDescriptors(known.fields)))
      if (mayBeField(key)) define(error, key, value, true)
  if (isObject(known.cause)) define(error, 'cause', fromInner(known.cause), false)
  define(error, 'stack', typeof known.stack === 'string' ? known.stack : error.stack, false)
  return error
}

function construct(name: string, message: string, details: Partial<Record<keyof Details, unknown>>): Error {
  if (name === 'AggregateError' && Array.isArray(details.errors))
    return new AggregateError(details.errors.slice(0, MAX_ERRORS).map(fromInner), message)
  const known = classes.get(name)
  if (details.dom && typeof DOMException === 'function') return new DOMException(message, name)
  const error = new Error(message)
  Object.setPrototypeOf(error, (known ?? RPCError).prototype)
  if (error.name !== name) define(error, 'name', name, false)
  return error
}

/** An error that crosses as a value, as plain data: its name, message, cause and errors. */
export function errorParts(error: Error): object {
  const { name, message, cause, errors } = error as AggregateError & { cause?: unknown }
  const dom = tagOf(error) === 'DOMException'
  return {
    name,
    message,
    ...(dom && { dom }),
    ...(Object.hasOwn(error, 'cause') && { cause }),
    ...(error instanceof AggregateError && { errors }),
  }
}

/** An error that crossed as a value, of its name, message, cause and errors. */
export function rebuildError(parts: unknown): Error {
  const known = Object(parts) as Partial<Record<keyof Details | 'message', unknown>>
  const errors = Array.isArray(known.errors) ? known.errors : undefined
  const error = errors
    ? new AggregateError(errors, String(known.message))
    : construct(String(known.name), String(known.message), known)
  if (Object.hasOwn(known, 'cause')) define(error, 'cause', known.cause, false)
  return error
}

const fromInner = (inner: unknown): unknown =>
  isObject(inner) && 'message' in inner
    ? fromDetailedError(inner)
    : (Object(inner) as { value?: unknown }).value

const define = (error: Error, key: string, value: unknown, enumerable: boolean): void =>
  void Object.defineProperty(error, key, { value, enumerable, writable: true, configurable: true })

/** Show in an error's stack where the call was made. */
export const addCallSite = (error: Error, site: string): void =>
  define(error, 'stack', `${error.stack}\n${site.replace(/^.*\n/, '    --- called here ---\n')}`, false)
