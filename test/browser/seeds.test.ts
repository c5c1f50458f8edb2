/** The callback API of the published work, between a page and a widget of another origin. */
import { afterAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import {
  createConnection,
  createRequest,
  ErrorCode,
  type Request,
  type Response,
  RPCError,
} from '../../src/index.ts'
import { within } from '../contract/fixture.ts'
import { address, forThisTest, openFrame, openPopup, origins } from './events/frames.ts'
import { ask, connectTo, example, loadExample, openWidget } from './seeds/host.ts'

// One widget serves the tests that leave nothing behind in it.
const shared = loadExample()
afterAll(shared.close)

describe('the published examples', () => {
  test('the widget pings and prints pong', async () => {
    const { widget } = example()
    expect(await widget.prints).toBe('pong')
  })

  test('what the widget sent before its host connected is answered', async () => {
    const widget = openWidget()
    await widget.loaded
    const host = connectTo(widget.target, origins.other)
    host.handle('ping', (respond) => respond('pong'))
    expect(await widget.prints).toBe('pong')
  })

  test('divide: a payload, or the error of the handler', async () => {
    const { host } = shared
    expect(await ask(host, 'myapp.divide', 6, 3)).toEqual({ payload: 2 })
    expect(await ask(host, 'myapp.divide', 6, 0)).toEqual({ payload: null, error: 'division by zero' })
  })

  test('sum, by a function that makes requests', async () => {
    const { host } = shared
    const sum = (a: number, b: number): Request => createRequest('sum', a, b)
    const send = (request: Request): Promise<Response> =>
      within(45_000, new Promise((resolve) => host.send(request, resolve)))
    expect(await send(sum(1, 2))).toEqual({ payload: 3 })
    expect((await send(sum(-1, 2))).error).toBe('Sum accepts only positive numbers')
  })

  test('both sides send and handle', async () => {
    const { host } = shared
    host.handle('host.add', (respond, a: number, b: number) => respond(a + b))
    expect((await ask(host, 'errand', 'host.add', 1, 2)).payload).toEqual({ payload: 3 })
    expect((await ask(host, 'errand', 'host.missing')).payload).toMatchObject({
      payload: null,
      code: ErrorCode.METHOD_NOT_FOUND,
    })
  })

  test('neither side needs to know the origin of the other', async () => {
    const widget = openWidget()
    connectTo(widget.target).handle('ping', (respond) => respond('pong'))
    expect(await widget.prints).toBe('pong')
  })

  test('both sides may name the origin of the other, of which case and path do not matter', async () => {
    const widget = openWidget(origins.other, { origin: `${origins.own.toUpperCase()}/host.html` })
    connectTo(widget.target, `${origins.other}/`).handle('ping', (respond) => respond('pong'))
    expect(await widget.prints).toBe('pong')
  })

  test('a widget of the same origin, and a popup, are connected alike', async () => {
    const widget = openWidget(origins.own, { origin: origins.own })
    connectTo(widget.target, origins.own).handle('ping', (respond) => respond('pong'))
    expect(await widget.prints).toBe('pong')
    const url = address('../seeds/widget.html', origins.other, { origin: origins.own })
    const { target } = forThisTest(openPopup(url))
    expect(await ask(connectTo(target, origins.other), 'sum', 1, 2)).toEqual({ payload: 3 })
  })
})

describe('send', () => {
  test('what is sent before the other side has loaded arrives in order when it has', async () => {
    const { host } = example()
    for (const n of [1, 2, 3]) host.send(createRequest('note', n))
    expect((await ask(host, 'noted')).payload).toEqual([1, 2, 3])
  })

  test('returns nothing', async () => {
    const { host } = shared
    expect(host.send(createRequest('note', 1))).toBeUndefined()
    expect(host.send(createRequest('noted'), () => {})).toBeUndefined()
  })

  test('does not change the request, which may be sent again', async () => {
    const { host } = shared
    const request = createRequest('echo', { list: [1] })
    const before = structuredClone(request)
    const send = (): Promise<Response> => new Promise((resolve) => host.send(Object.freeze(request), resolve))
    const all = [send(), send(), send()]
    for (const { payload } of await within(45_000, Promise.all(all))) expect(payload).toEqual([{ list: [1] }])
    expect(request).toStrictEqual(before)
    expect(await send()).toEqual({ payload: [{ list: [1] }] })
  })

  test('without onResponse nobody answers, whatever the handler responds', async () => {
    const { host } = example()
    await ask(host, 'noted')
    host.send(createRequest('note', 'quietly'))
    host.send(createRequest('missing'))
    expect((await ask(host, 'noted')).payload).toEqual(['quietly'])
  })

  test('throws at once what cannot be sent as a notification, and goes on', async () => {
    const { host } = example()
    await ask(host, 'noted')
    expect(() => host.send(createRequest('note', Symbol('x')))).toThrow(
      expect.objectContaining({ code: ErrorCode.UNDELIVERABLE }),
    )
    expect((await ask(host, 'noted')).payload).toEqual([])
  })

  test('an onResponse that throws does not keep the next one from being called', async () => {
    const { host } = shared
    const thrown = new Promise((resolve) => {
      const note = (event: PromiseRejectionEvent): void => {
        event.preventDefault()
        resolve(event.reason)
      }
      addEventListener('unhandledrejection', note)
      onTestFinished(() => removeEventListener('unhandledrejection', note))
    })
    let calls = 0
    host.send(createRequest('sum', 1, 2), () => {
      calls++
      throw new Error('onResponse failed')
    })
    expect(await within(45_000, thrown)).toMatchObject({ message: 'onResponse failed' })
    expect(await ask(host, 'sum', 1, 2)).toEqual({ payload: 3 })
    expect(calls).toBe(1)
  })
})

describe('handle', () => {
  test('returns a function that takes the handler back', async () => {
    const { host } = shared
    const undo = host.handle('once', (respond) => respond('there'))
    expect((await ask(host, 'errand', 'once')).payload).toEqual({ payload: 'there' })
    undo()
    undo()
    expect((await ask(host, 'errand', 'once')).payload).toMatchObject({ code: ErrorCode.METHOD_NOT_FOUND })
    host.handle('once', (respond) => respond('again'))
    expect((await ask(host, 'errand', 'once')).payload).toEqual({ payload: 'again' })
  })

  test('refuses a second handler of a method', () => {
    const { host } = example()
    expect(() => host.handle('ping', (respond) => respond('other'))).toThrow(/`ping` is registered already/)
  })

  test('a handler may respond later', async () => {
    const { host } = shared
    expect(await ask(host, 'later')).toEqual({ payload: 'late' })
  })
})

describe('the response', () => {
  test('comes exactly once, however often the handler responds', async () => {
    const { host } = shared
    const responses: Response[] = []
    host.send(createRequest('twice'), (response) => responses.push(response))
    await ask(host, 'noted')
    await ask(host, 'noted')
    expect(responses).toEqual([{ payload: 'first' }])
  })

  test('has the payload null when the handler responds with nothing', async () => {
    const { host } = shared
    expect(await ask(host, 'nothing')).toEqual({ payload: null })
  })

  test('has whatever was passed as error, unless that was undefined', async () => {
    const { host } = shared
    for (const error of [null, 0, '', false, 'text', { code: 7, message: 'mine' }, [1]])
      expect(await ask(host, 'respond with error', error)).toStrictEqual({ payload: null, error })
    expect(await ask(host, 'respond with error', undefined)).toStrictEqual({ payload: null })
    expect(await ask(host, 'error and payload')).toStrictEqual({ payload: null, error: 'error' })
    const { error } = await ask(host, 'respond with Error')
    expect(error).toBeInstanceOf(Error)
    expect(error).toMatchObject({ message: 'out of range' })
  })

  test('has an error for a method that nobody handles, and for a handler that throws', async () => {
    const { host } = shared
    const missing = await ask(host, 'missing')
    expect(missing.payload).toBeNull()
    expect(missing.error).toBeInstanceOf(RPCError)
    expect(missing.error).toMatchObject({ code: ErrorCode.METHOD_NOT_FOUND })
    const { error } = await ask(host, 'throw')
    expect(error).toBeInstanceOf(Error)
    expect(error).toMatchObject({ code: ErrorCode.APPLICATION_ERROR, message: 'the handler threw' })
  })

  test('has an RPCError for arguments that cannot be cloned', async () => {
    const { host } = shared
    expect((await ask(host, 'echo', { symbol: Symbol('x') })).error).toMatchObject({
      code: ErrorCode.UNDELIVERABLE,
    })
  })

  test('S46: has an RPCError when the widget is removed, and comes once', async () => {
    const { widget, host } = example()
    await ask(host, 'noted')
    const responses: Response[] = []
    const gone = new Promise<void>((resolve) =>
      host.send(createRequest('never'), (response) => {
        responses.push(response)
        resolve()
      }),
    )
    widget.frame.remove()
    await within(45_000, gone)
    const afterwards = await ask(host, 'noted')
    expect([...responses, afterwards].map(({ error }) => error)).toMatchObject([
      { code: ErrorCode.PEER_GONE },
      { code: ErrorCode.PEER_GONE },
    ])
  })

  test('has an RPCError when the other side ends the connection', async () => {
    const { host } = example()
    await ask(host, 'noted')
    const pending = ask(host, 'never')
    host.send(createRequest('leave'))
    expect((await pending).error).toMatchObject({ code: ErrorCode.PEER_GONE })
  })

  test('has an RPCError when nobody is there within 30 seconds', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    onTestFinished(() => void vi.useRealTimers())
    const { target } = forThisTest(openFrame('about:blank'))
    const connection = connectTo(target, origins.other)
    const responses: Response[] = []
    connection.send(createRequest('ping'), (response) => responses.push(response))
    await vi.advanceTimersByTimeAsync(29_000)
    expect(responses).toEqual([])
    await vi.advanceTimersByTimeAsync(2_000)
    expect(responses).toMatchObject([{ payload: null, error: { code: ErrorCode.TIMEOUT } }])
  })
})

describe('destroy', () => {
  test('gives what waits for a response an RPCError, once', async () => {
    const { host } = example()
    await ask(host, 'noted')
    const responses: Response[] = []
    host.send(createRequest('never'), (response) => responses.push(response))
    host.destroy()
    host.destroy()
    expect((await ask(host, 'noted')).error).toMatchObject({ code: ErrorCode.CLOSED })
    expect(responses).toMatchObject([{ payload: null, error: { code: ErrorCode.CLOSED } }])
  })

  test('gives what was sent before the other side was there an RPCError, too', async () => {
    const { host } = example()
    const response = ask(host, 'noted')
    host.destroy()
    expect((await response).error).toMatchObject({ code: ErrorCode.CLOSED })
  })

  test('lets a new connection to the same window be made', async () => {
    const { widget, host } = example()
    expect(await ask(host, 'sum', 1, 2)).toEqual({ payload: 3 })
    host.destroy()
    expect(await ask(connectTo(widget.target, origins.other), 'sum', 3, 4)).toEqual({ payload: 7 })
  })
})

describe('the origin of a connection', () => {
  test('S01: a host that expects another origin neither answers nor sends', async () => {
    const widget = openWidget()
    const handled: string[] = []
    const host = connectTo(widget.target, origins.third)
    host.handle('ping', (respond) => {
      handled.push('ping')
      respond('pong')
    })
    let responses = 0
    host.send(createRequest('note', 'secret'), () => responses++)
    widget.prints.catch(() => {})
    await widget.loaded
    await widget.barrier()
    await widget.barrier()
    expect({ handled, responses }).toEqual({ handled: [], responses: 0 })
    host.destroy()
    const real = connectTo(widget.target, origins.other)
    expect((await ask(real, 'noted')).payload).toEqual([])
  })

  test('two connections to one window share it', async () => {
    const { widget, host } = example()
    const second = createConnection(widget.target, origins.other)
    second.handle('second', (respond) => respond('from the second'))
    expect(await ask(second, 'sum', 1, 2)).toEqual({ payload: 3 })
    expect((await ask(host, 'errand', 'second')).payload).toEqual({ payload: 'from the second' })
  })

  test('S07: a second connection to one window sends nothing to an origin that it does not name', async () => {
    const widget = openWidget()
    const first = connectTo(widget.target)
    await ask(first, 'noted')
    const request = createRequest('note', 'for the third origin only')
    try {
      connectTo(widget.target, origins.third).send(request)
    } catch {
      // That a window cannot be connected twice with different origins may be said at once.
    }
    expect((await ask(first, 'noted')).payload).toEqual([])
  })
})
