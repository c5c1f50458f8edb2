/** What a peer reaches by references and names, and what user code runs without being looked at. */
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { describe, expect, test } from 'vitest'
import { library, overEach } from './library.ts'

const { ErrorCode, get, proxy } = library

/** By its number, as `rpc.get` has it: a hostile peer does not use `get()`. */
type Raw = (name: string, ...more: unknown[]) => Promise<unknown>

class Model {
  saved = 0
  save(): string {
    this.saved++
    return 'saved'
  }
}

/** As far as an element of a document matters here. */
class Widget {
  readonly el = new URL('https://host.example/private?secret=1')
  readonly port: MessagePort = new MessageChannel().port1
  readonly target = new EventTarget()
  readonly Model = Model
  readonly helper = (): string => 'helped'
  readonly nested = { deep: { secret: 'deep' } }
  readonly model = new Model()
  readonly _private = 'private'
  title = 'title'
  ran = 0
  get accessor(): string {
    this.ran++
    return 'accessed'
  }
  get location(): URL {
    this.ran++
    return this.el
  }
  rename(title: string): void {
    this.title = title
  }
}

const paths = [
  'el.href',
  'el.searchParams.size',
  'nested.deep',
  'nested.deep.secret',
  'model.saved',
  'Model.prototype',
  'Model.prototype.save',
  'Model.name',
  'helper.name',
  'title.length',
  'prototype',
  'constructor',
  'constructor.prototype',
  '__proto__',
  '__proto__.rename',
  '_private',
  'rename',
  'rename.constructor',
  'toString',
  'hasOwnProperty',
  'then',
  '',
  '.',
  'title.',
]

const failure = async (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    (value) => ({ value }),
    (error: unknown) => Reflect.get(Object(error), 'code'),
  )

describe.each(overEach)('over %s', (_, open) => {
  /** The host passes its widget; the hostile peer gets at it by messages of its own making. */
  const attack = async (
    writable: readonly string[],
    step: (raw: Raw, widget: Widget) => Promise<void>,
  ): Promise<void> => {
    const widget = new Widget()
    await using sides = await open({
      methods: { widget: () => (proxy as (...args: unknown[]) => unknown)(widget, { writable }) },
    })
    const { hostile } = sides
    const remote = await hostile.invoke<Record<string, object>>('widget')
    // A member of a remote has a name of the peer's choice, so `get` and `set` are tried with paths as such, too.
    const raw: Raw = (name, ...more) => (more.length ? library.set(remote, name, more[0]) : get(remote, name))
    await step(raw, widget)
    widget.port.close()
  }

  test('A10, R3: get reads one own name, never a path, a prototype or what begins with _', async () => {
    await attack([], async (raw, widget) => {
      for (const path of paths)
        expect([path, await failure(raw(path))]).toEqual([path, ErrorCode.METHOD_NOT_FOUND])
      expect(widget.ran).toBe(0)
      expect([await raw('title'), await raw('accessor')]).toEqual(['title', 'accessed'])
    })
  })

  test('A10, R3: set writes what was named, and nothing else, whatever its path', async () => {
    await attack(['title'], async (raw, widget) => {
      const save: unknown = Reflect.get(Model.prototype, 'save')
      const { href } = widget.el
      for (const path of [...paths.filter((path) => path !== 'title'), 'el', 'model', 'helper', 'unknown'])
        expect([path, await failure(raw(path, 'evil'))]).toEqual([path, ErrorCode.METHOD_NOT_FOUND])
      await raw('title', 'renamed')
      expect(widget.title).toBe('renamed')
      expect([Reflect.get(Model.prototype, 'save'), widget.el.href, widget.model.saved]).toEqual([
        save,
        href,
        0,
      ])
    })
  })

  test('A10, R3: no port, function, class or host object leaves because its property is read', async () => {
    await attack([], async (raw, widget) => {
      for (const name of ['port', 'helper', 'Model', 'target'] as const) {
        const read = await failure(raw(name))
        expect([name, typeof read]).toEqual([name, 'number'])
      }
      // A URL is data.
      expect(await raw('location')).toEqual(widget.el)
      // It is still the host's.
      widget.port.postMessage('here')
    })
  })

  test('A10, R3: what proxy() made leaves as a reference, and its own names are read', async () => {
    const inner = proxy({ value: 1, add: (n: number) => n + 1 })
    await using sides = await open({ methods: { outer: () => proxy({ inner }) } })
    const outer = await sides.hostile.invoke<object>('outer')
    const remote = await get<{ add(n: number): Promise<number> }>(outer, 'inner')
    expect(await remote.add(1)).toBe(2)
    expect(await get(remote, 'value')).toBe(1)
  })

  test('A10, R3: a call by a dotted name runs no accessor and enters no object of the platform', async () => {
    const widget = new Widget()
    await using sides = await open({ methods: { widget: () => proxy(widget), held: { widget } } })
    const { hostile } = sides
    const remote = (await hostile.invoke<Record<string, never>>('widget')) as unknown as Remote
    const names = [
      ['el', 'searchParams', 'get'],
      ['port', 'postMessage'],
      ['port', 'close'],
      ['target', 'dispatchEvent'],
      ['target', 'addEventListener'],
      ['location', 'searchParams', 'get'],
      ['Model', 'prototype', 'save'],
      ['el', 'searchParams', 'append'],
    ]
    for (const path of names) {
      const member = path.reduce<unknown>(
        (at, name) => (at as Remote)[name],
        remote,
      ) as () => Promise<unknown>
      expect([path, await failure(Promise.resolve().then(() => member()))]).toEqual([
        path,
        ErrorCode.METHOD_NOT_FOUND,
      ])
      expect([path, await failure(hostile.invoke(`held.widget.${path.join('.')}`))]).toEqual([
        path,
        ErrorCode.METHOD_NOT_FOUND,
      ])
    }
    expect(await failure(hostile.invoke('held.widget.rename.call'))).toBe(ErrorCode.METHOD_NOT_FOUND)
    expect(widget.ran).toBe(0)
    widget.port.close()
  })

  test('A19, R4: validate is asked for methods, constructors, passed functions, members, get and set', async () => {
    const asked: unknown[] = []
    const ran: string[] = []
    class Counter {
      n: number
      constructor(n: number) {
        ran.push('new')
        this.n = n
      }
      add(n: number): number {
        ran.push('add')
        return (this.n += n)
      }
    }
    const target = { label: 'label', run: () => ran.push('run') }
    const isAllowed = { now: true }
    await using sides = await open({
      methods: {
        Counter,
        callback: () => () => ran.push('callback'),
        target: () => (proxy as (...args: unknown[]) => unknown)(target, { writable: ['label'] }),
      },
      validate: (method, params, { target } = { target: undefined, access: 'call' }) => {
        asked.push([method, params ?? [], target === undefined ? undefined : typeof target])
        if (!isAllowed.now) throw new Error('no')
      },
    })
    const { hostile } = sides
    const remote = hostile.remote<{ Counter: typeof Counter }>() as unknown as Constructors
    const counter = await new remote.Counter(1)
    const callback = await hostile.invoke<() => Promise<unknown>>('callback')
    const object = await hostile.invoke<{ run(): Promise<unknown> }>('target')
    await counter.add(2)
    await callback()
    await object.run()
    await get(object, 'label')
    await library.set(object, 'label', 'x')
    expect(asked).toEqual([
      ['Counter', [1], undefined],
      ['callback', [], undefined],
      ['target', [], undefined],
      ['add', [2], 'object'],
      ['', [], 'function'],
      ['run', [], 'object'],
      ['label', [], 'object'],
      ['label', ['x'], 'object'],
    ])
    isAllowed.now = false
    ran.length = 0
    const refused = [
      new remote.Counter('bad'),
      counter.add(1),
      callback(),
      object.run(),
      get(object, 'label'),
      library.set(object, 'label', 'y'),
    ]
    expect(await Promise.all(refused.map(failure))).toEqual(refused.map(() => ErrorCode.INVALID_PARAMS))
    expect([ran, target.label]).toEqual([[], 'x'])
  })
})

interface Constructors {
  readonly Counter: new (n: unknown) => Promise<{ add(n: number): Promise<number> }>
}

interface Remote {
  readonly [name: string]: unknown
}
