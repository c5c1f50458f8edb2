/** Which classes are not the user's: those of engines, of hosts and of Node are recognised, so none of their methods is exposed. */
import { EventEmitter } from 'node:events'
import { createServer, Server } from 'node:http'
import { builtinModules } from 'node:module'
import { Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { library, overEach } from './library.ts'
import { otherLibrary } from './meter.ts'

// Of 0.1.0 what it exposes is asked for over a connection instead.
const { methodsOf } = await import('../../src/peer/methods.ts')

type Class = new (...args: unknown[]) => object

/** A class that can be extended, and has methods besides those of Object. */
function isClass(value: unknown): value is Class {
  if (typeof value !== 'function') return false
  const prototype: unknown = Object.getOwnPropertyDescriptor(value, 'prototype')?.value
  if (typeof prototype !== 'object' || prototype === null || prototype === Object.prototype) return false
  try {
    // What has no [[Construct]] cannot be extended.
    Reflect.construct(Object, [], value)
    return true
  } catch {
    return false
  }
}

const methodNames = (prototype: object): string[] =>
  Object.entries(Object.getOwnPropertyDescriptors(prototype)).flatMap(([name, { value }]) =>
    name !== 'constructor' && typeof value === 'function' ? [name] : [],
  )

/** Everything that a module exports: its own members, those of its members, and what its functions have. */
function* exportsOf(
  name: string,
  host: unknown,
  levels = 2,
): Generator<readonly [name: string, value: unknown]> {
  yield [name, host]
  if (!levels || (typeof host !== 'object' && typeof host !== 'function') || host === null) return
  for (const key of Object.getOwnPropertyNames(host)) {
    let value: unknown
    try {
      value = Reflect.get(host, key)
    } catch {
      continue
    }
    yield* exportsOf(`${name}.${key}`, value, levels - 1)
  }
}

/** Classes that Node uses by itself: no module has them under their name, so they cannot be recognised. */
const hidden = ['Control', 'NodeEnvironmentFlagsSet', 'Scheduler', 'WritableState']

/** Modules that are not to be loaded by a test: they start something, or warn. */
const skipped = ['inspector/promises', 'trace_events', 'sys', 'punycode', 'test', 'node:test']

async function* everything(): AsyncGenerator<readonly [name: string, value: unknown]> {
  for (const name of builtinModules) {
    if (name.startsWith('_') || skipped.includes(name)) continue
    const module = (await import(name)) as object
    const { default: all = module } = module as { default?: unknown }
    yield* exportsOf(name, all)
  }
  for (const name of Object.getOwnPropertyNames(globalThis)) {
    const value: unknown = Object.getOwnPropertyDescriptor(globalThis, name)?.value
    if (!/^(vitest|__)/.test(name) && name !== 'globalThis' && name !== 'global')
      yield* exportsOf(name, value, 1)
  }
}

describe.runIf(!otherLibrary)('A11, R3: what Node exports', () => {
  test('a class that extends one of Node or of the platform exposes its own methods alone', async () => {
    const missed: string[] = []
    let count = 0
    for await (const [name, value] of everything()) {
      if (!isClass(value) || !methodNames(value.prototype as object).length || hidden.includes(value.name))
        continue
      count++
      class Own extends value {
        own(): void {}
      }
      // Made without its constructor, which may start something.
      const exposed = [...methodsOf(Object.create(Own.prototype) as object).keys()]
      if (String(exposed) !== 'own') missed.push(`${name}: ${exposed.slice(0, 3).join()}`)
    }
    expect(missed).toEqual([])
    expect(count).toBeGreaterThan(100)
  })

  test('an object that Node exports exposes no method of its class', async () => {
    const missed: string[] = []
    for await (const [name, value] of everything()) {
      if (typeof value !== 'object' || value === null) continue
      const prototype = Object.getPrototypeOf(value) as object | null
      // What is a prototype itself is no instance, nor is what user code made.
      if (!prototype || Object.hasOwn(value, 'constructor') || /_cache|prototype/.test(name)) continue
      const made = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value as object | undefined
      if (!made || prototype === Object.prototype || hidden.includes((made as Class).name)) continue
      // Its own members may be functions; those are named by the user who exposes it.
      const exposed = [...methodsOf(Object.create(prototype) as object).keys()]
      if (exposed.length) missed.push(`${name}: ${exposed.slice(0, 3).join()}`)
    }
    expect(missed).toEqual([])
  })
})

class Api extends EventEmitter {
  greet(): string {
    return 'hello'
  }
}

class Web extends Server {
  greet(): string {
    return 'hello'
  }
}

class Source extends Readable {
  override _read(): void {}
  greet(): string {
    return 'hello'
  }
}

class Target extends EventTarget {
  greet(): string {
    return 'hello'
  }
}

class Later extends Api {
  again(): string {
    return 'again'
  }
}

describe.each(overEach)('over %s', (_, open) => {
  test.each([
    ['an EventEmitter', new Api()],
    ['an http.Server', new Web()],
    ['a Readable', new Source()],
    ['an EventTarget', new Target()],
    ['what extends such a class', new Later()],
  ])(
    'A11, R3: of %s only methods of the own class are called, exposed, nested, passed or constructed',
    async (_, api) => {
      const Class = api.constructor as new () => Api
      await using sides = await open({
        methods: { nested: { api }, passed: () => library.proxy(api), classes: { Class } },
      })
      const { hostile } = sides
      const passed = await hostile.invoke<Record<string, () => Promise<unknown>>>('passed')
      expect(await hostile.invoke('nested.api.greet')).toBe('hello')
      expect(await passed['greet']?.()).toBe('hello')
      const names = [
        'emit',
        'on',
        'addListener',
        'removeAllListeners',
        'listen',
        'close',
        'dispatchEvent',
        'addEventListener',
        'push',
        'destroy',
        'pipe',
        'setTimeout',
        'eventNames',
      ]
      const reached: string[] = []
      const { METHOD_NOT_FOUND } = library.ErrorCode
      const isRefused = (promise: Promise<unknown> | undefined): Promise<boolean> =>
        promise?.then(
          () => false,
          (error: unknown) => Reflect.get(Object(error), 'code') === METHOD_NOT_FOUND,
        ) ?? Promise.resolve(true)
      for (const name of names) {
        if (!(await isRefused(hostile.invoke(name)))) reached.push(name)
        if (!(await isRefused(hostile.invoke(`nested.api.${name}`)))) reached.push(`nested.api.${name}`)
        if (!(await isRefused(hostile.invoke(`classes.Class.${name}`)))) reached.push(`classes.Class.${name}`)
        if (!(await isRefused(passed[name]?.()))) reached.push(`passed.${name}`)
      }
      expect(reached).toEqual([])
    },
  )

  test('A11, R3: a server of Node itself, exposed by mistake, does nothing', async () => {
    const server = createServer()
    await using sides = await open({ methods: { server, ping: () => 'pong' } })
    for (const name of ['listen', 'emit', 'address', 'unref'])
      await expect(sides.hostile.invoke(`server.${name}`)).rejects.toMatchObject({
        code: library.ErrorCode.METHOD_NOT_FOUND,
      })
    expect(server.listening).toBe(false)
  })
})
