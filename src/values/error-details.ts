/**
 * What of an error crosses between portcall peers besides code, message and data, as one more member `details` of the error
 * object (docs/wire.md, "details"). The way back: error-reading.ts.
 */
import { clone } from './clone.ts'
import { toErrorObject } from '../protocol/errors.ts'
import { tagOf } from '../protocol/guards.ts'
import type { RPCErrorObject } from '../protocol/messages.ts'
import { isPlainData } from './look.ts'

/**
 * How much of a thrown error the other side gets. `message`: its name; `fields`: also its cause and its own enumerable
 * fields; `stack`: also its stack.
 */
export type ErrorDetail = 'message' | 'fields' | 'stack'

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

/** A thrown value → the error object for a portcall peer. Getters, proxies and values that cannot be sent are left out. */
export function toDetailedError(thrown: unknown, detail: ErrorDetail): Detailed {
  // An error that arrived and is thrown again may hold the same thing in many places.
  const known = new Map<unknown, boolean>()
  let left = MAX_INNER
  const mayBeSent = (value: unknown): boolean => {
    const is = known.get(value) ?? isSendable(value)
    known.set(value, is)
    return is
  }

  const detailed = (thrown: unknown, depth: number): Detailed => {
    const error = toErrorObject(thrown)
    try {
      if (!isError(thrown)) return error
      const inner = (value: unknown): Inner =>
        isError(value) && depth < MAX_CAUSES && left-- > 0
          ? detailed(value, depth + 1)
          : { value: mayBeSent(value) ? value : undefined }
      const details: Details =
        detail === 'message' ? nameOf(thrown) : { ...partsOf(thrown, inner), ...fieldsOf(thrown, mayBeSent) }
      if (detail === 'stack' && typeof thrown.stack === 'string')
        return { ...error, details: { ...details, stack: thrown.stack } }
      return { ...error, details }
    } catch {
      return error
    }
  }

  return detailed(thrown, 0)
}

/** An error that crosses as a value, as plain data: its name, message, cause and errors. */
export const errorParts = (error: Error): object => ({
  ...partsOf(error, (value) => value),
  message: error.message,
})

const nameOf = (error: Error): Pick<Details, 'name' | 'dom'> => ({
  name: typeof error.name === 'string' ? error.name : 'Error',
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

function fieldsOf(error: Error, maySend: (value: unknown) => boolean): Pick<Details, 'fields'> {
  const fields: Record<string, unknown> = {}
  for (const [key, field] of Object.entries(Object.getOwnPropertyDescriptors(error)).slice(0, MAX_FIELDS))
    if (field.enumerable && 'value' in field && mayBeField(key) && maySend(field.value))
      fields[key] = field.value
  return Object.keys(fields).length ? { fields } : {}
}

/** Not what an error has by its class, nor what every object has. */
export const mayBeField = (key: string): boolean =>
  !['code', 'message', 'data', 'name', 'stack', 'cause', 'errors', 'then'].includes(key) &&
  !(key in Object.prototype)
