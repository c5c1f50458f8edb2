import { describe, expect, test } from 'vitest'
import { ErrorCode, RPCError } from '../../src/index.ts'
import { type Opener, rejection } from './fixture.ts'
import { builtIn, classOf, describeError, makeError, QuotaError, thrown } from './there/errors.ts'

const throwing = (kind: string) =>
  function deepInTheTest(): never {
    throw makeError(kind)
  }

/** Thrown errors; `trusted`: the service's side of the medium tells fields without being asked; `trusts`: this side takes stacks so. */
export function errors({ open }: Opener<'service'>, trusted: boolean, trusts: boolean): void {
  test.for(Object.keys(builtIn))('a thrown %s arrives as one, both ways', async (kind) => {
    const { rpc } = await open('service')
    const made = builtIn[kind]?.()
    const { name, message } = made ?? {}
    const error = await rejection(rpc.invoke('error.fail', [kind]))
    expect(classOf(error)).toBe(kind)
    expect(error).toBeInstanceOf(Error)
    expect(error).toMatchObject({ name, message })
    expect(await rpc.invoke('callback.caught', [throwing(kind)])).toMatchObject({
      isError: true,
      class: kind,
      name,
      message,
    })
  })

  test('an error of a class that both sides registered arrives as one, both ways', async () => {
    const { rpc } = await open('service', { errors: 'fields' })
    const error = await rejection(rpc.invoke('error.fail', ['quota']))
    expect(error).toBeInstanceOf(QuotaError)
    expect(error).toMatchObject({ name: 'QuotaError', message: 'too much', ...(trusted && { left: 7 }) })
    expect(await rpc.invoke('callback.caught', [throwing('quota')])).toMatchObject({
      isError: true,
      name: 'QuotaError',
      message: 'too much',
      left: 7,
    })
  })

  test('an error of a class that nobody registered arrives as an RPCError of its name', async () => {
    const { rpc } = await open('service')
    const error = await rejection(rpc.invoke('error.fail', ['unknown']))
    expect(error).toBeInstanceOf(RPCError)
    expect(error).toMatchObject({ name: 'PrivateError', code: ErrorCode.APPLICATION_ERROR })
  })

  describe('S39', () => {
    test('of an error of the peer arrive its cause, fields and stack if the peer is trusted', async () => {
      const { rpc } = await open('service')
      const error = await rejection(rpc.invoke('error.fail', ['caused']))
      const code = ErrorCode.APPLICATION_ERROR
      const outer = { isError: true, class: 'RangeError', name: 'RangeError', message: 'outer', code }
      expect(describeError(error)).toEqual({ ...outer, ...(trusted && { cause: ['TypeError', 'inner'] }) })
      expect(Object.hasOwn(error as Error, 'cause')).toBe(trusted)
      expect((error as Error).stack?.includes('deepInTheService')).toBe(trusts)
      const quota = await rejection(rpc.invoke('error.fail', ['quota']))
      expect(Object.hasOwn(quota as Error, 'left')).toBe(trusted)
      const several = await rejection(rpc.invoke('error.fail', ['aggregate']))
      expect(several).toMatchObject({
        name: 'AggregateError',
        message: 'several',
      })
      const { errors = [] } = several as { errors?: unknown[] }
      expect(errors.map(classOf)).toEqual(trusted ? ['TypeError', 'String'] : [])
    })

    test.for([
      ['message', {}],
      ['fields', { cause: ['TypeError', 'inner'] }],
      ['stack', { cause: ['TypeError', 'inner'] }],
    ] as const)(
      'A28: with `errors: %s` the peer gets %o of an error of this side, and takes no stack unless it trusts',
      async ([detail, has]) => {
        const { rpc } = await open('service', { errors: detail })
        const code = ErrorCode.APPLICATION_ERROR
        const outer = { isError: true, class: 'RangeError', name: 'RangeError', message: 'outer', code }
        expect(await rpc.invoke('callback.caught', [throwing('caused')])).toEqual({ ...outer, ...has })
        const stack = await rpc.invoke<string>('error.stackOf', [throwing('caused')])
        // Its own `errors` is `stack` where it trusts this side.
        expect(stack.includes('deepInTheTest')).toBe(trusted && detail === 'stack')
      },
    )

    test('mapError says what the other side gets of an error of this side', async () => {
      const mapError = (error: unknown): unknown => new RPCError(7, `mapped: ${String(error)}`)
      const { rpc } = await open('service', { mapError, errors: 'stack' })
      const described = await rpc.invoke('callback.caught', [throwing('caused')])
      expect(described).toMatchObject({ code: 7, message: 'mapped: RangeError: outer' })
      expect(described).not.toHaveProperty('cause')
    })

    test('mapError says what the other side gets of an error of a stream of this side', async () => {
      const mapError = (error: unknown): unknown => new RPCError(7, `mapped: ${String(error)}`)
      const { rpc } = await open('service', { mapError, errors: 'stack' })
      const failing = async function* (): AsyncGenerator<unknown> {
        yield 1
        throw makeError('caused')
      }
      const mapped = { taken: [1], error: { code: 7, message: 'mapped: RangeError: outer' } }
      expect(await rpc.invoke('stream.caughtFrom', [() => failing()])).toMatchObject(mapped)
      expect(await rpc.invoke('stream.caught', [failing()])).toMatchObject(mapped)
    })
  })

  test.for(Object.keys(thrown))(
    'S38, S40: %s that is thrown arrives as a real Error, both ways',
    async (kind) => {
      const { rpc } = await open('service', { errors: 'fields' })
      const error = await rejection(rpc.invoke('error.fail', [kind]))
      expect(error).toBeInstanceOf(Error)
      expect(error).toMatchObject({ code: ErrorCode.APPLICATION_ERROR, message: expect.any(String) })
      expect(Reflect.get(error as object, 'polluted')).toBe(undefined)
      expect(await rpc.invoke('callback.caught', [throwing(kind)])).toMatchObject({
        isError: true,
        code: ErrorCode.APPLICATION_ERROR,
      })
      expect(await rpc.invoke('add', [1, 2])).toBe(3)
    },
  )

  test('an error that is a value arrives as one, both ways', async () => {
    const { rpc } = await open('service')
    for (const kind of ['TypeError', 'RangeError', 'DOMException', 'Error']) {
      const { held } = await rpc.invoke<{ held: [Error] }>('error.value', [kind])
      expect(classOf(held[0])).toBe(kind)
      expect(held[0].message).toMatch(new RegExp(`${kind}$`))
      expect(await rpc.invoke('error.describe', [builtIn[kind]?.()])).toMatchObject({
        isError: true,
        class: kind,
        message: held[0].message,
      })
    }
  })

  test('an error that is a value beside a function arrives as one', async () => {
    const { rpc } = await open('service')
    const value = { fn() {}, error: new RangeError('outer', { cause: { at: [1] } }) }
    const { error } = await rpc.invoke<typeof value>('echo', [value])
    expect(error).toBeInstanceOf(RangeError)
    expect(error).toMatchObject({ message: 'outer', cause: { at: [1] } })
  })
}
