/** zone.js, in which Angular runs: a callback that is passed inside a zone runs outside of it, unless it is wrapped (C67). */
import 'zone.js'
import { expect, test } from 'vitest'
import { connected } from './remote.ts'

interface ZoneLike {
  readonly name: string
  fork(spec: { readonly name: string }): ZoneLike
  run<T>(step: () => T): T
  wrap<F extends (...args: never[]) => unknown>(callback: F, source: string): F
}

declare const Zone: { readonly current: ZoneLike; readonly root: ZoneLike }

const zone = Zone.root.fork({ name: 'ours' })
const name = (): string => Zone.current.name

// Outside of any zone, as `wrap` at the top of a module is.
const outside = (): ReturnType<typeof connected> => Zone.root.run(() => connected())

test('C67: a callback that is passed inside a zone runs outside of it', async () => {
  const remote = await outside()
  const seen: string[] = []
  await zone.run(() => remote.callWith(() => void seen.push(name())))
  expect(seen).toEqual([Zone.root.name])
})

test('C67: with Zone.current.wrap it runs inside', async () => {
  const remote = await outside()
  const seen: string[] = []
  const [, result] = await zone.run(() =>
    Promise.all([
      remote.callWith(Zone.current.wrap(() => void seen.push(name()), 'portcall')),
      remote.callWith({ onProgress: Zone.current.wrap((n: number) => `${name()} ${n}`, 'portcall') }),
    ]),
  )
  expect(seen).toEqual(['ours'])
  expect(result).toBe('ours 1')
})

test('C67: what follows an answer runs where it was asked', async () => {
  const remote = await outside()
  const seen = await zone.run(() => Promise.resolve(remote.add(1, 2)).then((sum) => `${name()} ${sum}`))
  expect(seen).toBe('ours 3')
})
