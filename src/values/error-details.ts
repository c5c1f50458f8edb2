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
    const inner = (value: unknown): Inner =>
      isError(value) && depth < MAX_CAUSES
        ? toDetailedError(value, detail, depth + 1)
        : { value: isSendable(value) ? value : undefined }
    const details: Details =
      detail === 'message' ? nameOf(thrown) : { ...partsOf(thrown, inner), ...fieldsOf(thrown) }
    if (detail === 'stack' && typeof thrown.stack === 'string')
      return { ...error, details: { ...details, stack: thrown.stack } }
    return { ...error, details }
  } catch {
    return error
  }
}

/** An error that crosses as a value, as plain data: its name, message, cause and errors. */
export const errorParts = (error: Error): object => ({
  ...partsOf(error, (value) => value),
  message: error.message,
})

const nameOf = (error: Error): Pick<Details, 'name' | 'dom'> => ({
  name: String(error.name),
  ...(tagOf(error) === 'DOMException' && { dom: true }),
})

function partsOf<T>(
  error: Error,
  inner: (value: unknown) => T,
): Pick<Details, 'name' | 'dom'> & { cause?: T; errors?: T[] } {
  const { cause, errors } = Object.getOwnPropertyDescriptors(error) as Partial<PropertyDescriptorMap>
  const list: unknown = errors?.value
  return {
    ...nameOf(error),
    ...(cause && { cause: inner(cause.value) }),
    ...(error instanceof AggregateError &&
      Array.isArray(list) && { errors: list.slice(0, MAX_ERRORS).map(inner) }),
  }
}

function fieldsOf(error: Error): Pick<Details, 'fields'> {
  const fields: Record<string, unknown> = {}
  for (const [key, field] of Object.entries(Object.getOwnPropertyDescriptors(error)))
    if (field.enumerable && 'value' in field && mayBeField(key) && isSendable(field.value))
      fields[key] = field.value
  return Object.keys(fields).length ? { fields } : {}
}

// What an error has by its class, and what must not be set by anybody else.
const mayBeField = (key: string): boolean =>
  !['code', 'message', 'data', 'name', 'stack', 'cause', 'errors', 'then'].includes(key) &&
  !(key in Object.prototype)

type Known = Partial<Record<keyof Details | 'message', unknown>>

/**
 * The error object of a portcall peer → an error of its class: a built-in one, a registered one, else an RPCError of that
 * name. It has `code`, `message` and, where there is any, `data`, whatever its class.
 */
export function fromDetailedError(object: unknown): Error {
  const { code, message, data } = toErrorObject(object)
  const { details } = Object(object) as { readonly details?: unknown }
  const known: Known = isObject(details) ? details : {}
  const error = construct(known.name ?? 'RPCError', message, known, fromInner)
  define(error, 'code', code, true)
  if (data !== undefined) define(error, 'data', data, true)
  if (isObject(known.fields))
    for (const [key, { value }] of Object.entries(Object.getOwnPropertyDescriptors(known.fields)))
      if (mayBeField(key)) define(error, key, value, true)
  define(error, 'stack', typeof known.stack === 'string' ? known.stack : error.stack, false)
  return error
}

/** An error that crossed as a value, of its name, message, cause and errors. */
export function rebuildError(parts: unknown): Error {
  const known = Object(parts) as Known
  return construct(known.name, String(known.message), known, (value) => value)
}

const fromInner = (inner: unknown): unknown =>
  isObject(inner) && 'message' in inner
    ? fromDetailedError(inner)
    : (Object(inner) as { value?: unknown }).value

function construct(given: unknown, message: string, known: Known, inner: (value: unknown) => unknown): Error {
  const { dom, cause, errors } = known
  const name = String(given)
  const error = Array.isArray(errors)
    ? new AggregateError(errors.slice(0, MAX_ERRORS).map(inner), message)
    : dom && typeof DOMException === 'function'
      ? new DOMException(message, name)
      : Object.setPrototypeOf(new Error(message), (classes.get(name) ?? RPCError).prototype)
  if (error.name !== name) define(error, 'name', name, false)
  if (Object.hasOwn(known, 'cause')) define(error, 'cause', inner(cause), false)
  return error
}

const define = (error: Error, key: string, value: unknown, enumerable: boolean): void =>
  void Object.defineProperty(error, key, { value, enumerable, writable: true, configurable: true })

/** Show in an error's stack where the call was made. */
export const addCallSite = (error: Error, site: string): void =>
  define(error, 'stack', `${error.stack}\n${site.replace(/^.*\n/, '    --- called here ---\n')}`, false)
