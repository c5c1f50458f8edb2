/**
 * What of an error crosses between portcall peers besides code, message and data, as one more member `details` of the error
 * object (docs/wire.md, "details"). The way back: error-reading.ts.
 */
import { BOUNDARY } from '../protocol/boundary.ts'
import { clone } from './clone.ts'
import { toErrorObject } from '../protocol/errors.ts'
import { isObject, tagOf } from '../protocol/guards.ts'
import type { RPCErrorObject } from '../protocol/messages.ts'
import { isPlainData } from './look.ts'
import { isTakenApart, put } from './marks.ts'
import { sizeOf } from './size.ts'

/**
 * How much of a thrown error the other side gets. `message`: its name; `fields`: also its cause and its own enumerable
 * fields; `stack`: also its stack.
 */
export type ErrorDetail = 'message' | 'fields' | 'stack'

/** What crosses of an error: what the option says, or what the transport allows. */
export const detailOf = (
  { trusted }: { readonly trusted?: boolean },
  errors: ErrorDetail | undefined,
): ErrorDetail => errors ?? (trusted ? 'stack' : 'message')

export interface Details {
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

const MAX_CAUSES = 8
/** Causes and errors in one error, at all depths. */
const MAX_INNER = 256
/** Errors of one error, and its fields. */
export const MAX_ERRORS = 100
export const MAX_FIELDS = 256
const MAX_FIELD_DEPTH = 32
/** Bytes of all fields and causes of one error. */
const MAX_BYTES = 16_777_216
/** Objects of fields that are looked into one by one. */
const MAX_PARTS = 10_000

/** Registered classes of errors: their prototypes, and the names that they cross by. */
export const classNames: Map<object, string> = new Map<object, string>()

/** Where a prototype has that name for other copies of portcall, unless it is frozen. */
export const ERROR_NAME: unique symbol = /* @__PURE__ */ Symbol.for('portcall.errorName.1')

const registeredName = (prototype: object): unknown =>
  classNames.get(prototype) ?? Object.getOwnPropertyDescriptor(prototype, ERROR_NAME)?.value

const isError = (value: unknown): value is Error =>
  value instanceof Error || ['Error', 'DOMException'].includes(tagOf(value))

const isSendable = (value: unknown): boolean => {
  try {
    if (!isPlainData(value, MAX_FIELD_DEPTH)) return false
    clone(value)
    return true
  } catch {
    return false
  }
}

type Part = (value: unknown) => unknown

/** Of a value that cannot be sent whole, what can: without functions, symbols, getters and what no platform clones. */
function createParts(): Part {
  // An error that arrived and is thrown again may hold the same thing in many places.
  const known = new Map<unknown, unknown>()
  let left = MAX_PARTS
  // The same may stand in many fields, and is cloned for each.
  let bytes = 0
  const mayBeSent = (value: unknown): boolean =>
    bytes < MAX_BYTES && (bytes += sizeOf(value)) < MAX_BYTES && isSendable(value)

  const part = (value: unknown, depth: number): unknown => {
    if (!isObject(value)) return typeof value === 'function' || typeof value === 'symbol' ? undefined : value
    if (known.has(value)) return known.get(value)
    const isWhole =
      depth > MAX_FIELD_DEPTH ||
      left-- <= 0 ||
      !isTakenApart(value) ||
      value instanceof Map ||
      value instanceof Set
    const copy: unknown = isWhole ? (mayBeSent(value) ? value : undefined) : Array.isArray(value) ? [] : {}
    known.set(value, copy)
    if (!isWhole)
      for (const [key, field] of Object.entries(Object.getOwnPropertyDescriptors(value))) {
        if (!field.enumerable || !('value' in field)) continue
        const item = part(field.value, depth + 1)
        if (item !== undefined || field.value === undefined) put(copy as object, key, item)
      }
    return copy
  }

  return (value) => {
    if (!known.has(value) && mayBeSent(value)) known.set(value, value)
    return part(value, 0)
  }
}

/** A thrown value → the error object for a portcall peer. Getters, proxies and values that cannot be sent are left out. */
export function toDetailedError(thrown: unknown, detail: ErrorDetail): Detailed {
  const part = createParts()
  let left = MAX_INNER

  const detailed = (thrown: unknown, depth: number): Detailed => {
    const error = toErrorObject(thrown)
    try {
      if (!isError(thrown)) {
        const fields = isObject(thrown) && fieldsOf(thrown, part)
        return fields && detail !== 'message' ? { ...error, details: { name: 'RPCError', fields } } : error
      }
      const inner = (value: unknown): Inner =>
        isError(value) && depth < MAX_CAUSES && left-- > 0
          ? detailed(value, depth + 1)
          : { value: part(value) }
      if (detail === 'message') return { ...error, details: nameOf(thrown) }
      const fields = fieldsOf(thrown, part)
      const details: Details = {
        ...partsOf(thrown, inner),
        ...(fields && { fields }),
        ...(detail === 'stack' && stackOf(thrown)),
      }
      return { ...error, details }
    } catch {
      return error
    }
  }

  return detailed(thrown, 0)
}

/** What was thrown and is no error has its fields as data. */
export function dataOf(thrown: unknown): { readonly data?: unknown } {
  try {
    const data = isObject(thrown) && !isError(thrown) && fieldsOf(thrown, createParts())
    return data ? { data } : {}
  } catch {
    return {}
  }
}

/** An error that crosses as a value, as plain data: its name, message, cause and errors; with `detail` also its fields. */
export function errorParts(error: Error, detail: ErrorDetail = 'message'): Record<string, unknown> {
  const { code, data } = toErrorObject(error)
  const part = createParts()
  return {
    ...(detail !== 'message' && fieldsOf(error, part)),
    ...(Reflect.get(error, 'code') === code && { code }),
    ...(data !== undefined && { data: part(data) }),
    ...(detail === 'stack' && stackOf(error)),
    ...partsOf(error, (value) => value),
    message: error.message,
  }
}

const stackOf = ({ stack }: Error): Pick<Details, 'stack'> =>
  typeof stack === 'string' ? { stack: stack.split('\n').slice(0, endOf(stack)).join('\n') } : {}

// Up to where the user's code begins: what is below is this library.
function endOf(stack: string): number | undefined {
  const at = stack.split('\n').findIndex((line) => line.includes(BOUNDARY))
  return at < 0 ? undefined : at
}

function nameOf(error: Error): Pick<Details, 'name' | 'dom'> {
  let level: unknown = error
  let known: unknown
  while (isObject(level) && !(known = registeredName(level))) level = Object.getPrototypeOf(level)
  const name = known ?? error.name
  return {
    name: typeof name === 'string' ? name : 'Error',
    ...(tagOf(error) === 'DOMException' && { dom: true }),
  }
}

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

function fieldsOf(error: object, part: Part): Details['fields'] | undefined {
  const fields: Record<string, unknown> = {}
  for (const [key, { value, enumerable }] of Object.entries(Object.getOwnPropertyDescriptors(error)).slice(
    0,
    MAX_FIELDS,
  ))
    if (enumerable && (mayBeField(key) || (key === 'code' && typeof value === 'string'))) {
      const field = part(value)
      if (field !== undefined) fields[key] = field
    }
  return Object.keys(fields).length ? fields : undefined
}

/** Not what an error has by its class, nor what every object has. */
export const mayBeField = (key: string): boolean =>
  !['code', 'message', 'data', 'name', 'stack', 'cause', 'errors', 'then'].includes(key) &&
  !(key in Object.prototype)
