/** Values as a JSON-RPC peer that is not portcall gets them: what `JSON.stringify` makes of them, but nothing is lost without a word. */
import { messageOf, RPCError, TOO_LARGE } from '../protocol/errors.ts'
import { isObject, tagOf } from '../protocol/guards.ts'
import { classNameOf, isA, pathText } from '../protocol/paths.ts'
import type { Depth } from './codec.ts'
import { isLeaf, put } from './marks.ts'
import { isAsyncIterable, isOfPlatform } from './platform.ts'
import { isPassed, specialOf } from './look.ts'

/**
 * Copy a value as JSON: members that are undefined are left out, in lists they and holes are null, -0 is 0, `toJSON` is called,
 * and what stands in many places is written in each.
 * @param maxLength characters of the text, counted while it is walked.
 * @param keeps what the medium carries besides JSON. Default: nothing.
 * @throws TypeError with the path of what JSON lacks; RPCError TOO_LARGE.
 */
export function toPlainJson(
  root: unknown,
  { maxDepth, level }: Depth,
  maxLength: number,
  keeps: (value: object) => boolean = () => false,
): unknown {
  const path: (string | number)[] = []
  // What the walk is in.
  const open = new Set<object>()
  let left = maxLength
  let refused: unknown

  const refuse = (why: string): never => {
    throw (refused = new TypeError(pathText(path) + why))
  }

  const spend = (characters: number): void => {
    if ((left -= characters) < 0)
      throw new RPCError(TOO_LARGE, `A message of more than ${maxLength} characters is over the limit`)
  }

  const visit = (value: unknown, depth: number): unknown => {
    switch (typeof value) {
      case 'string':
        spend(value.length + 3)
        return value
      case 'number':
        spend(2)
        // Not -0.
        return Number.isFinite(value) ? value + 0 : refuse(` is ${value}`)
      case 'bigint':
      case 'symbol':
      case 'function':
        return refuse(` is a ${typeof value}`)
      default:
        if (isObject(value)) return visitObject(value, depth)
        spend(5)
        return value
    }
  }

  const visitObject = (value: object, depth: number): unknown => {
    if (keeps(value)) return value
    if (ArrayBuffer.isView(value)) refuse(` ${isA(tagOf(value))}`)
    const { toJSON } = value as { readonly toJSON?: unknown }
    if (typeof toJSON === 'function') {
      const made: unknown = Reflect.apply(toJSON, value, [String(path.at(-1) ?? '')])
      if (!isObject(made)) return visit(made, depth)
      return copy(made, depth)
    }
    return copy(value, depth)
  }

  const copy = (value: object, depth: number): unknown => {
    if (depth > maxDepth) refuse(` is nested deeper than ${maxDepth} levels`)
    if (open.has(value)) refuse(' is in itself')
    const isList = Array.isArray(value)
    const tag = tagOf(value)
    if (/^(Number|String|Boolean)$/.test(tag)) return visit(value.valueOf(), depth)
    if (isPassed(specialOf(value))) refuse(' is passed by proxy()')
    if (!isList && isAsyncIterable(value)) refuse(' is an async iterable')
    if (!isList && (isLeaf(value) || isOfPlatform(value, false))) refuse(` ${isA(classNameOf(value, tag))}`)
    open.add(value)
    const made: object = isList ? [] : {}
    const enter = (key: string | number): unknown => {
      path.push(key)
      const item = visit(Reflect.get(value, key), depth + 1)
      path.pop()
      return item
    }
    spend(2)
    if (isList) for (let i = 0; i < value.length; i++) (made as unknown[]).push(enter(i) ?? null)
    else
      for (const key of Object.keys(value)) {
        spend(key.length)
        const item = enter(key)
        if (item !== undefined) put(made, key, item)
      }
    open.delete(value)
    return made
  }

  try {
    return visit(root, level) ?? null
  } catch (error) {
    // A getter, or a toJSON that throws.
    if (error === refused || error instanceof RPCError) throw error
    return refuse(` cannot be read: ${messageOf(error)}`)
  }
}
