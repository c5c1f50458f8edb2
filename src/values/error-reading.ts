/**
 * Makes errors of what arrived: of their class, where it is built in or registered. Nothing is assigned that is not on a list
 * here, no constructor of a registered class is run, and what stands in several places is made once.
 */
import { RPCError, toErrorObject } from '../protocol/errors.ts'
import { isObject, isPlainObject } from '../protocol/guards.ts'
import { spend } from './budget.ts'
import { classNames, type Details, ERROR_NAME, MAX_ERRORS, MAX_FIELDS, mayBeField } from './error-details.ts'
import { isHollow } from './size.ts'

/** A class of errors that can be rebuilt: its prototype is used, its constructor is not run. */
export interface ErrorClass {
  readonly name: string
  readonly prototype: Error
}

/** Of causes within causes. */
const MAX_DEPTH = 32
const MAX_NAME = 256
/** Steps of the message's budget for one error: engines write down the stack for each. */
const STEPS = 16

const classes = new Map<string, ErrorClass>(
  [Error, TypeError, RangeError, SyntaxError, ReferenceError, EvalError, URIError, RPCError].map((known) => [
    known.name,
    known,
  ]),
)

/**
 * Let errors of this class arrive as such, with `instanceof`. Both sides register it; its fields cross by the option `errors`.
 * @param name what it crosses under, the same on both sides. Default: the name of the class, which minifiers change:
 * `registerError(NotFoundError, 'NotFoundError')` works minified, too.
 * @returns a function that takes it back.
 * @throws TypeError for a name that is registered already.
 */
export function registerError(errorClass: ErrorClass, name: string = errorClass.name): () => void {
  if (classes.has(name)) throw new TypeError(`An error class \`${name}\` is registered already`)
  classes.set(name, errorClass)
  const { prototype } = errorClass
  classNames.set(prototype, name)
  Reflect.defineProperty(prototype, ERROR_NAME, { value: name, configurable: true })
  return () => {
    classes.delete(name)
    classNames.delete(prototype)
    Reflect.deleteProperty(prototype, ERROR_NAME)
  }
}

type Known = Partial<Record<keyof Details, unknown>>

/**
 * The error object of a portcall peer → an error: `code`, `message` and, where there is any, `data`, whatever its class.
 * @param takesStack its stack is the one that arrived, where one did.
 * @throws RPCError TOO_LARGE for one that costs more than it holds.
 */
export function readDetailedError(object: unknown, takesStack: boolean): Error {
  const made = new Map<unknown, Error>()

  const read = (from: unknown, depth: number): Error => {
    const { code, message, data } = toErrorObject(from)
    const { details } = Object(from) as { readonly details?: unknown }
    const known: Known = isPlainObject(details) ? details : {}
    const error = errorOf(known.name ?? 'RPCError', message, known)
    made.set(from, error)
    // A DOMException has one of its own.
    if (known.dom !== true) define(error, 'code', code, true)
    if (data !== undefined) define(error, 'data', data, true)
    if (isPlainObject(known.fields)) addFields(error, known.fields)
    define(error, 'stack', takesStack && typeof known.stack === 'string' ? known.stack : error.stack, false)
    addInner(error, known, (inner) =>
      isObject(inner) && 'message' in inner
        ? (made.get(inner) ?? (depth < MAX_DEPTH ? read(inner, depth + 1) : undefined))
        : (Object(inner) as { readonly value?: unknown }).value,
    )
    return error
  }

  return read(object, 0)
}

/** An error that crossed as a value, of its name, message, cause and errors. */
export function rebuildError(parts: unknown, takesStack = false): Error {
  // Also what a mark before has made of them.
  if (!isPlainObject(parts)) throw new TypeError('An error is made of an object')
  const known = parts as Known & Partial<Record<'message' | 'code' | 'data', unknown>>
  const error = errorOf(known.name, typeof known.message === 'string' ? known.message : '', known)
  addFields(error, known)
  if (Number.isInteger(known.code)) define(error, 'code', known.code, true)
  if (known.data !== undefined) define(error, 'data', known.data, true)
  if (takesStack && typeof known.stack === 'string') define(error, 'stack', known.stack, false)
  addInner(error, known, (value) => value)
  return error
}

function errorOf(given: unknown, message: string, { dom, errors }: Known): Error {
  spend(STEPS)
  const name = typeof given === 'string' ? given.slice(0, MAX_NAME) : 'Error'
  const error = Array.isArray(errors)
    ? new AggregateError([], message)
    : dom && typeof DOMException === 'function'
      ? new DOMException(message, name)
      : Object.setPrototypeOf(new Error(message), (classes.get(name) ?? RPCError).prototype)
  if (error.name !== name) define(error, 'name', name, false)
  return error
}

function addInner(error: Error, known: Known, inner: (value: unknown) => unknown): void {
  if (Object.hasOwn(known, 'cause')) define(error, 'cause', inner(known.cause), false)
  if (!Array.isArray(known.errors)) return
  const list = known.errors.slice(0, MAX_ERRORS) as unknown[]
  if (isHollow(list)) return
  spend(4 * list.length)
  define(error, 'errors', list.map(inner), false)
}

function addFields(error: Error, fields: object): void {
  const keys = Object.keys(fields)
  // All of them, as engines list all: the same fields may stand in many errors.
  spend(keys.length)
  for (const key of keys.slice(0, MAX_FIELDS)) {
    const value: unknown = Object.getOwnPropertyDescriptor(fields, key)?.value
    if (key !== 'dom' && (mayBeField(key) || (key === 'code' && typeof value === 'string')))
      define(error, key, value, true)
  }
}

const define = (error: Error, key: string, value: unknown, enumerable: boolean): void =>
  void Object.defineProperty(error, key, { value, enumerable, writable: true, configurable: true })

/**
 * Show in an error's stack where it was awaited.
 * @param stack of an error that was made in a microtask of the call's promise: V8 knows it there. Its first frame is ours.
 */
export function addCallers(error: Error, stack: string | undefined): void {
  const [head = '', , ...frames] = (stack ?? '').split('\n')
  const callers = head.startsWith('Error')
    ? frames.filter((line) => !line.includes(' process.processTicks'))
    : []
  define(error, 'stack', [error.stack, ...callers].join('\n'), false)
}
