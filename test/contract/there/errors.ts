import { registerError } from '../../../src/index.ts'

/** Known to both sides. */
export class QuotaError extends Error {
  override readonly name = 'QuotaError'
  readonly left: number

  constructor(message: string, left: number) {
    super(message)
    this.left = left
  }
}
registerError(QuotaError)

class PrivateError extends Error {
  override readonly name = 'PrivateError'
}

const hostile = (): unknown => {
  const error = new Error('hostile')
  error.name = 'constructor'
  Object.defineProperty(error, '__proto__', { value: { polluted: true }, enumerable: true })
  return error
}

const cyclic = (): unknown => {
  const error = new Error('cyclic')
  error.cause = error
  return error
}

/** Errors of each built-in class. */
export const builtIn: Readonly<Record<string, () => Error>> = {
  Error: () => new Error('an Error'),
  TypeError: () => new TypeError('a TypeError'),
  RangeError: () => new RangeError('a RangeError'),
  SyntaxError: () => new SyntaxError('a SyntaxError'),
  ReferenceError: () => new ReferenceError('a ReferenceError'),
  EvalError: () => new EvalError('an EvalError'),
  URIError: () => new URIError('a URIError'),
  DOMException: () => new DOMException('a DOMException', 'NotFoundError'),
}

/** What else can be thrown. */
export const thrown: Readonly<Record<string, () => unknown>> = {
  undefined: () => undefined,
  null: () => null,
  'an empty string': () => '',
  'a string': () => 'just words',
  'a symbol': () => Symbol('thrown'),
  'a frozen error': () => Object.freeze(new Error('frozen')),
  'an error that is its own cause': cyclic,
  'an error that cannot be cloned': () => Object.assign(new Error('holds'), { held: new WeakMap() }),
  'an error with the names of built-in members': hostile,
  'an error whose getters throw': () => ({
    get message() {
      throw new Error('inner')
    },
    get code() {
      throw new Error('inner')
    },
  }),
}

const others: Readonly<Record<string, () => unknown>> = {
  caused: () => new RangeError('outer', { cause: new TypeError('inner') }),
  aggregate: () => new AggregateError([new TypeError('first'), 'second'], 'several'),
  quota: () => new QuotaError('too much', 7),
  unknown: () => new PrivateError('of a class that nobody registered'),
}

export const makeError = (kind: string): unknown => (builtIn[kind] ?? thrown[kind] ?? others[kind])?.()

/** What one sees of an error, as data. */
export function describeError(error: unknown): object {
  const { name, message, code, cause, left } = Object(error) as Record<string, unknown>
  const inner = Object(cause) as Partial<Error>
  return {
    isError: error instanceof Error,
    class: classOf(error),
    name,
    message,
    ...(code !== undefined && { code }),
    ...(left !== undefined && { left }),
    ...(cause !== undefined && { cause: [classOf(cause), inner.message] }),
  }
}

export const classOf = (value: unknown): string =>
  (Object.getPrototypeOf(Object(value)) as object).constructor.name

export const errorMethods = (): object => ({
  fail: function deepInTheService(kind: string) {
    throw makeError(kind)
  },
  stackOf: (fn: () => Promise<unknown>) => fn().then(String, (error: Error) => error.stack),
  value: (kind: string) => ({ held: [makeError(kind)] }),
  describe: (error: unknown) => describeError(error),
})
