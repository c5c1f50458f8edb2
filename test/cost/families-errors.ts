/** Families of errors: by depth, width, repetition and length. */
import { answering, CLONES, errorOf, type Family, repeat, telling } from './family.ts'

const one = (): number => 1

/** Errors that hold `width` errors each, `levels` deep: all different, or one that stands everywhere. */
function tree(width: number, levels: number, isShared: boolean): object {
  const make = (level: number): object => {
    const first = level > 0 ? make(level - 1) : undefined
    const errors = first && repeat(width, (i) => (isShared || i === 0 ? first : make(level - 1)))
    return errorOf({ name: 'AggregateError', ...(errors && { errors }) })
  }
  return make(levels)
}

const answered = (error: object, pending: readonly unknown[], values?: unknown): object =>
  answering(pending[0], { error, ...(values !== undefined && { values }) })

export const errorFamilies: readonly Family[] = [
  {
    name: 'an error with a long chain of causes',
    calls: one,
    most: 200,
    messages: (n, { pending }) => {
      const cause = repeat(n, () => null).reduce<object>((inner) => errorOf({ cause: inner }), errorOf({}))
      return [answered(cause, pending)]
    },
  },
  {
    name: 'an error with many errors',
    calls: one,
    messages: (n, { pending }) => [
      answered(errorOf({ name: 'AggregateError', errors: repeat(n, () => errorOf({})) }), pending),
    ],
  },
  {
    name: 'an error with errors that have errors',
    calls: one,
    messages: (n, { pending }) => [answered(tree(Math.ceil(Math.cbrt(n)), 3, false), pending)],
  },
  {
    name: 'an error with errors that are all one error, three levels of them',
    media: CLONES,
    calls: one,
    messages: (n, { pending }) => [answered(tree(n, 3, true), pending)],
  },
  {
    name: 'an error with errors that are marked as one error',
    calls: one,
    messages: (n, { pending }) => [
      answered(
        errorOf({ name: 'AggregateError', errors: [errorOf({}), ...repeat(n, () => null)] }),
        pending,
        repeat(n, (i) => [['details', 'errors', 1 + i], 'same', ['details', 'errors', i ? i : 0]]),
      ),
    ],
  },
  {
    name: 'an error with errors in two places, which hold each other',
    media: CLONES,
    calls: one,
    most: 200,
    messages: (n, { pending }) => {
      let inner = errorOf({})
      for (let i = 0; i < n; i++)
        inner = errorOf({ name: 'AggregateError', cause: inner, errors: [inner, inner] })
      return [answered(inner, pending)]
    },
  },
  {
    name: 'an error with many fields',
    calls: one,
    messages: (n, { pending }) => [
      answered(errorOf({ fields: Object.fromEntries(repeat(n, (i) => [`field ${i}`, i])) }), pending),
    ],
    most: 32_768,
  },
  {
    name: 'an error whose fields are bytes',
    media: CLONES,
    calls: one,
    most: 4_000_000,
    messages: (n, { pending }) => [answered(errorOf({ fields: new Uint8Array(n) }), pending)],
  },
  {
    name: 'an error with a long message, name and stack',
    calls: one,
    most: 1_000_000,
    messages: (n, { pending }) => {
      const long = 'x'.repeat(n / 4)
      return [answered(errorOf({ name: long, stack: long, dom: true }, long), pending)]
    },
  },
  {
    name: 'an error whose message is a list',
    calls: one,
    messages: (n, { pending }) => [
      answered(
        errorOf(
          { name: repeat(n, () => ['x']) },
          repeat(n, () => ['x']),
        ),
        pending,
      ),
    ],
  },
  {
    name: 'many errors that end signals and streams',
    messages: (n) =>
      repeat(n, (i) =>
        telling(i % 2 ? 'rpc.end' : 'rpc.abort', [1_000_000 + i, errorOf({ cause: errorOf({}) })]),
      ),
    most: 16_384,
  },
]
